using System.Text;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary><c>{ a, b }</c>.</summary>
internal sealed class WordList(IReadOnlyList<WordNode> words) : ListNode
{
    public override IReadOnlyList<string> Values(Evaluation evaluation) => [.. words.Select(word => word.Value(evaluation))];
}

/// <summary>A function of the context's that gives a list.</summary>
internal sealed class ListCall(string name, WordNode argument) : ListNode
{
    public override IReadOnlyList<string> Values(Evaluation evaluation)
    {
        string value = argument.Value(evaluation);
        return evaluation.Fault is null ? evaluation.Context.List(name, value) : [];
    }
}

/// <summary><c>split /regex/, text</c>, or a list whose texts are split each. The pattern is linear, since it is searched for as often as it is found.</summary>
internal sealed class SplitList(ServerPattern separator, Node source) : ListNode
{
    public override IReadOnlyList<string> Values(Evaluation evaluation)
    {
        IReadOnlyList<string> texts = source is ListNode list ? list.Values(evaluation) : [((WordNode)source).Value(evaluation)];
        var pieces = new List<string>();
        foreach (string text in texts)
        {
            int from = 0;
            foreach (PatternMatch match in Matches.All(evaluation, separator, text))
            {
                // A match of nothing parts nothing.
                if (match.Length > 0)
                {
                    pieces.Add(text[from..match.Index]);
                    from = match.Index + match.Length;
                }
            }

            pieces.Add(text[from..]);
        }

        return pieces;
    }
}

/// <summary><c>join list, separator</c>.</summary>
internal sealed class Join(ListNode list, WordNode? separator) : WordNode
{
    public override string Value(Evaluation evaluation)
    {
        string between = separator?.Value(evaluation) ?? "";
        var text = new StringBuilder();
        bool isFirst = true;
        foreach (string value in list.Values(evaluation))
        {
            text.Append(isFirst ? "" : between).Append(value);
            isFirst = false;
            if (text.Length > Expression.MaximumText)
            {
                break;
            }
        }

        return evaluation.Bounded(text.ToString());
    }
}

/// <summary><c>sub s/regex/text/flags, word</c>: in the text <c>$1</c> is what this pattern's group caught. Without <c>g</c> the first match is replaced.</summary>
internal sealed class Replacement(ServerPattern pattern, WordNode replacement, bool isGlobal, WordNode word) : WordNode
{
    public override string Value(Evaluation evaluation)
    {
        string text = word.Value(evaluation);
        PatternMatch before = evaluation.Captures;
        var result = new StringBuilder();
        int from = 0;
        foreach (PatternMatch match in Matches.All(evaluation, pattern, text))
        {
            evaluation.Captures = match;
            result.Append(text, from, match.Index - from).Append(replacement.Value(evaluation));
            from = match.Index + match.Length;
            if (!isGlobal || result.Length > Expression.MaximumText)
            {
                break;
            }
        }

        evaluation.Captures = before;
        return evaluation.Bounded(result.Append(text, from, text.Length - from).ToString());
    }
}

/// <summary>All matches in a text, one after the other.</summary>
internal static class Matches
{
    public static IEnumerable<PatternMatch> All(Evaluation evaluation, ServerPattern pattern, string text)
    {
        int from = 0;
        while (from <= text.Length && evaluation.Fault is null)
        {
            PatternMatch match = evaluation.Match(pattern, text, from);
            if (!match.IsMatch)
            {
                yield break;
            }

            yield return match;

            // Behind an empty match the search begins one character later, so that it ends.
            from = match.Index + Math.Max(match.Length, 1);
        }
    }
}
