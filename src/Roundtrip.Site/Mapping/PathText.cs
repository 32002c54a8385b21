using System.Text;

namespace Roundtrip.Site.Mapping;

/// <summary>
/// Paths are bytes, configurations and patterns are text. A path is read as UTF-8; a byte that is none becomes half a surrogate pair of its own (U+DC80 to U+DCFF), which no UTF-8 gives. So
/// nothing is lost either way, and what sections and patterns look at before and behind such a byte stands where it stood.
/// </summary>
internal static class PathText
{
    private const char Escape = '\uDC00';

    public static string Of(ReadOnlySpan<byte> path)
    {
        if (System.Text.Unicode.Utf8.IsValid(path))
        {
            return Encoding.UTF8.GetString(path);
        }

        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(Escape + path[0]));
            }

            path = path[length..];
        }

        return text.ToString();
    }

    public static byte[] Bytes(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uDC80', '\uDCFF'))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length);
        Span<byte> room = stackalloc byte[4];
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                bytes.AddRange(room[..rune.EncodeToUtf8(room)]);
            }
            else
            {
                length = 1;
                bytes.Add((byte)(rest[0] - Escape));
            }

            rest = rest[length..];
        }

        return [.. bytes];
    }
}
