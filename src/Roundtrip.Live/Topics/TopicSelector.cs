namespace Roundtrip.Live.Topics;

/// <summary>What a subscriber wants, or a token allows (Mercure, "Topic selectors"): every topic, one, or those that a URI template (RFC 6570) can expand to. Immutable.</summary>
public sealed class TopicSelector
{
    /// <summary>Every topic.</summary>
    public const string Any = "*";

    /// <summary>The longest selector, in characters.</summary>
    public const int MaximumLength = 1024;

    private readonly UriTemplate? _template;

    private TopicSelector(string text, UriTemplate? template) => (Text, _template) = (text, template);

    public string Text { get; }

    public bool IsAny => Text == Any;

    /// <summary>Whether it names one topic and no more.</summary>
    public bool IsExact => _template is null && !IsAny;

    /// <summary>Reads a selector. What has braces and is no template of RFC 6570 names the topic with that very text, as Mercure's hub has it.</summary>
    /// <returns>False where it is empty, or longer than <see cref="MaximumLength"/>, or has control characters.</returns>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TopicSelector? selector)
    {
        selector = null;
        if (text.Length is 0 or > MaximumLength || text.Any(char.IsControl))
        {
            return false;
        }

        UriTemplate? template = null;
        if (text.Contains('{', StringComparison.Ordinal))
        {
            _ = UriTemplate.TryParse(text, out template);
        }

        selector = new TopicSelector(text, template);
        return true;
    }

    public bool Matches(string topic) => IsAny || topic == Text || (_template is not null && _template.Matches(topic));

    public bool MatchesAny(IReadOnlyList<string> topics)
    {
        // By number: an enumerator would be an allocation a delivery.
        for (int i = 0; i < topics.Count; i++)
        {
            if (Matches(topics[i]))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => Text;
}
