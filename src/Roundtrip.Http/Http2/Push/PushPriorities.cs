using System.Collections.Immutable;
using System.Text;

namespace Roundtrip.Http.Http2;

/// <summary>The rules of H2PushPriority: one for each media type that is named, and one for all others. Immutable.</summary>
public sealed record PushPriorities
{
    public static readonly PushPriorities Default = new();

    private ImmutableArray<(byte[] Type, PushPriority Priority)> Rules { get; init; } = [];

    private PushPriority Others { get; init; } = PushPriority.Default;

    /// <summary>The rules with another one; the former one of the same type is no more.</summary>
    /// <param name="type">A media type, or <c>*</c> for what no other rule names.</param>
    public PushPriorities With(string type, PushPriority priority)
    {
        byte[] name = Encoding.Latin1.GetBytes(type);
        if (Rules.Any(rule => Ascii.EqualsIgnoreCase(rule.Type, name) && rule.Priority == priority))
        {
            return this;
        }

        return type == "*" ? this with { Others = priority } : this with { Rules = Rules.RemoveAll(rule => Ascii.EqualsIgnoreCase(rule.Type, name)).Add((name, priority)) };
    }

    /// <summary>The rule for a response.</summary>
    /// <param name="contentType">Its Content-Type, with parameters or without.</param>
    public PushPriority Of(ReadOnlySpan<byte> contentType)
    {
        int semicolon = contentType.IndexOf((byte)';');
        ReadOnlySpan<byte> type = FieldRules.Trim(semicolon < 0 ? contentType : contentType[..semicolon]);
        foreach ((byte[] name, PushPriority priority) in Rules)
        {
            if (Ascii.EqualsIgnoreCase(type, name))
            {
                return priority;
            }
        }

        return Others;
    }
}
