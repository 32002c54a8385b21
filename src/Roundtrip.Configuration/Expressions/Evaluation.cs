using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

/// <summary>One evaluation: whom to ask, what the last regular expression caught, and the first fault. After a fault nothing more is asked, and what comes out is thrown away.</summary>
internal sealed class Evaluation(IExpressionContext context, PatternMatch captures)
{
    public IExpressionContext Context { get; } = context;

    public PatternMatch Captures { get; set; } = captures;

    public string? Fault { get; private set; }

    public void Fail(string fault) => Fault ??= fault;

    /// <returns>The text, or an empty one and a fault where it is too long.</returns>
    public string Bounded(string? text)
    {
        if (text is { Length: > Expression.MaximumText })
        {
            Fail($"A text is longer than {Expression.MaximumText} characters");
        }

        return Fault is null && text is not null ? text : "";
    }

    /// <summary>Searches, and keeps what groups caught. As in httpd a pattern without groups leaves <c>$0</c> to <c>$9</c> as they are, and one that is not found empties them.</summary>
    public bool Search(ServerPattern pattern, string text)
    {
        if (Fault is not null)
        {
            return false;
        }

        PatternMatch match = Match(pattern, text, 0);
        Captures = pattern.Groups > 0 ? match : Captures;
        return match.IsMatch;
    }

    /// <summary>Searches from <paramref name="start"/> on. A search that takes too long finds nothing, and is a fault.</summary>
    public PatternMatch Match(ServerPattern pattern, string text, int start)
    {
        PatternMatch match = pattern.Match(text, start);
        if (match.Outcome == PatternOutcome.TimedOut)
        {
            Fail($"The regular expression '{pattern.Text}' takes too long");
        }

        return match;
    }
}
