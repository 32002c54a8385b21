using Roundtrip.Live.Carriers;

namespace Roundtrip.Site.LiveHub;

/// <summary>A message that goes in parts: how much of it has gone. The subscriptions that it is for get it together, and nothing else before its end.</summary>
/// <param name="subscriptions">Their numbers.</param>
/// <param name="content">Its JSON text, or its binary form.</param>
internal sealed class LongMessage(string id, IReadOnlyList<long> subscriptions, ReadOnlyMemory<byte> content, bool isBinary)
{
    private int _at;

    public bool IsBinary => isBinary;

    /// <summary>The next part, as it goes over the wire; a text's is of whole characters.</summary>
    /// <param name="size">Bytes of the message in it at most.</param>
    public byte[] TakePart(int size, out bool isLast)
    {
        ReadOnlySpan<byte> rest = content.Span[_at..];
        int count = Math.Min(size, rest.Length);
        while (!isBinary && count < rest.Length && (rest[count] & 0xC0) == 0x80)
        {
            count--;
        }

        _at += count;
        isLast = _at == content.Length;
        return isBinary ? LiveAnswers.BinaryPart(id, subscriptions, isLast, rest[..count]) : LiveAnswers.Part(id, subscriptions, isLast, rest[..count]);
    }
}
