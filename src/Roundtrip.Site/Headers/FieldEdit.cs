using System.Text;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Headers;

/// <summary>One Header or RequestHeader directive.</summary>
/// <param name="Name">The field's name; of Echo a description of the pattern.</param>
/// <param name="Format">The value, of Edit what takes the match's place; null for Unset and Echo.</param>
/// <param name="Pattern">What Edit looks for in values, and Echo in names.</param>
internal sealed record FieldEdit(FieldAction Action, string Name, FieldFormat? Format, ServerPattern? Pattern)
{
    // What replacing may make of a value.
    private const int LongestValue = 16 * 1024;

    public FieldCondition? Condition { get; init; }

    /// <summary>Whether it comes before the request is looked at.</summary>
    public bool IsEarly { get; init; }

    /// <summary>Whether it does the same to every response. An edit takes a pattern's time anew each time, but on the same fields.</summary>
    public bool IsSameForAll => Condition is null && Action is not (FieldAction.Echo or FieldAction.Note) && Format is null or { IsConstant: true };

    public bool Touches(string name) => Action == FieldAction.Echo || Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <param name="request">May be null where it <see cref="IsSameForAll"/>.</param>
    public void Apply(FieldList fields, RequestFacts? request)
    {
        if (Condition is not null && !Condition.Holds(request!))
        {
            return;
        }

        switch (Action)
        {
            case FieldAction.Unset:
                fields.Remove(Name);
                return;
            case FieldAction.Echo:
                Echo(fields, request!);
                return;
        }

        // What a request puts into a value can make it unfit for a field. Then nothing is done.
        if (Format!.Write(request) is not { } value)
        {
            return;
        }

        switch (Action)
        {
            case FieldAction.Set:
                fields.Set(Name, value);
                break;
            case FieldAction.SetIfEmpty when fields.Find(Name) is null:
                fields.Set(Name, value);
                break;
            case FieldAction.Append:
                fields.Append(Name, value);
                break;
            case FieldAction.Merge:
                fields.Merge(Name, value);
                break;
            case FieldAction.Add:
                fields.Add(Name, value);
                break;
            case FieldAction.Edit or FieldAction.EditAll:
                fields.Edit(Name, old => Replace(old, value, Action == FieldAction.EditAll));
                break;
            case FieldAction.Note when fields.Find(Name) is { } noted:
                request!.SetNote(value, noted);
                break;
        }
    }

    private void Echo(FieldList fields, RequestFacts request)
    {
        var sent = new FieldList();
        sent.Add(request.Request);
        foreach ((string name, string value) in sent.All)
        {
            if (Pattern!.Match(name).IsMatch && !EngineFields.Contains(name))
            {
                fields.Add(name, value);
            }
        }
    }

    // Null where it cannot be told what becomes of the value, or that could not be sent: what was to be edited does not go out as it was.
    private string? Replace(string value, string replacement, bool all)
    {
        var result = new StringBuilder();
        int at = 0;
        while (at <= value.Length && Pattern!.Match(value, at) is { Outcome: not PatternOutcome.NotMatched } match)
        {
            if (!match.IsMatch)
            {
                return null;
            }

            result.Append(value, at, match.Index - at).Append(Substitution.Write(replacement, match));
            at = match.Index + match.Length;
            if (match.Length == 0 && at < value.Length)
            {
                result.Append(value[at]);
            }

            at += match.Length == 0 ? 1 : 0;
            if (!all || result.Length > LongestValue)
            {
                break;
            }
        }

        string edited = result.Append(value, Math.Min(at, value.Length), Math.Max(0, value.Length - at)).ToString();
        return edited.Length <= LongestValue && FieldText.IsValue(edited) ? edited : null;
    }
}
