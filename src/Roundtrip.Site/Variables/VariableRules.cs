using System.Collections.Immutable;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Http;

namespace Roundtrip.Site.Variables;

/// <summary>The rules of SetEnvIf and its kin in their order. Each sees what those before it have set.</summary>
internal sealed class VariableRules
{
    public static readonly VariableRules None = new([]);

    private readonly ImmutableArray<VariableRule> _all;

    private VariableRules(ImmutableArray<VariableRule> all)
    {
        _all = all;
        IsRepeatable = all.All(rule => rule.Source is { Kind: not VariableSourceKind.Fields });
        Sources = IsRepeatable ? [.. all.Select(rule => rule.Source!).DistinctBy(source => (source.Kind, source.Name.ToUpperInvariant()))] : [];
    }

    public bool IsEmpty => _all.IsEmpty;

    /// <summary>Whether requests with the same values of <see cref="Sources"/> have the same outcome.</summary>
    public bool IsRepeatable { get; }

    public ImmutableArray<VariableSource> Sources { get; }

    public VariableRules Add(VariableRule rule) => new(_all.Add(rule));

    public static VariableRules Merge(VariableRules outer, VariableRules inner) => new(outer._all.AddRange(inner._all));

    /// <param name="path">The path that REQUEST_URI is: as it came before a file was looked for, decoded afterwards.</param>
    /// <param name="before">The variables that are set already.</param>
    /// <param name="context">Whom expressions ask; null where there are none.</param>
    public VariableOutcome Evaluate(
        RequestHead request, IConnectionHost connection, string path, IReadOnlyDictionary<string, string> before, IExpressionContext? context)
    {
        Dictionary<string, string> variables = new(before, StringComparer.OrdinalIgnoreCase);
        foreach (VariableRule rule in _all)
        {
            PatternMatch match;
            if (rule.Condition is { } condition)
            {
                ExpressionResult result = condition.Evaluate(context!);
                if (result.Fault is not null)
                {
                    return VariableOutcome.Undecided;
                }

                if (!result.IsTrue)
                {
                    continue;
                }

                match = result.Captures;
            }
            else
            {
                VariableSource source = rule.Source!;
                match = rule.Pattern!.Match(source.Read(request, connection, path) ?? variables.GetValueOrDefault(source.Name, ""));
                if (match.Outcome == PatternOutcome.TimedOut)
                {
                    return VariableOutcome.Undecided;
                }

                if (!match.IsMatch)
                {
                    continue;
                }
            }

            Apply(rule, match, variables);
        }

        return variables.Count == 0 ? VariableOutcome.Nothing : new VariableOutcome(variables, false);
    }

    private static void Apply(VariableRule rule, PatternMatch match, Dictionary<string, string> variables)
    {
        foreach (VariableChange change in rule.Changes)
        {
            if (change.Value is null)
            {
                variables.Remove(change.Name);
            }
            else if (Substitution.Write(change.Value, match) is { } value)
            {
                variables[change.Name] = value;
            }
        }
    }
}
