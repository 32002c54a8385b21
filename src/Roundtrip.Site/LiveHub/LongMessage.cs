using System.Text;

namespace Roundtrip.Site.LiveHub;

/// <summary>A message that goes in parts: how much of it has gone.</summary>
internal sealed class LongMessage(string id, ReadOnlyMemory<byte> text)
{
    private int _at;

    public string Id => id;

    /// <summary>The next part, of whole characters.</summary>
    /// <param name="size">Bytes of it at most.</param>
    public string TakePart(int size, out bool isLast)
    {
        ReadOnlySpan<byte> rest = text.Span[_at..];
        int count = Math.Min(size, rest.Length);
        while (count < rest.Length && (rest[count] & 0xC0) == 0x80)
        {
            count--;
        }

        _at += count;
        isLast = _at == text.Length;
        return Encoding.UTF8.GetString(rest[..count]);
    }
}
