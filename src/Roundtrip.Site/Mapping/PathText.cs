using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Roundtrip.Site.Mapping;

/// <summary>
/// Paths are bytes, configurations and patterns are text. A path is read as UTF-8; a byte that is none becomes half a surrogate pair of its own (U+DC80 to U+DCFF), which no UTF-8 gives. So
/// nothing is lost either way, and what sections and patterns look at before and behind such a byte stands where it stood.
/// </summary>
internal static class PathText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';

    public static string Of(ReadOnlySpan<byte> path)
    {
        if (Utf8.IsValid(path))
        {
            return Encoding.UTF8.GetString(path);
        }

        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(FirstEscape - 0x80 + path[0]));
            }

            path = path[length..];
        }

        return text.ToString();
    }

    public static byte[] Bytes(string text)
    {
        if (!HasEscapes(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length);
        Span<byte> room = stackalloc byte[4];
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            // Half a pair that is no escape, as a pattern's `.` cuts one, gives the replacement character.
            bool isRune = Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == OperationStatus.Done;
            if (!isRune && rest[0] is >= FirstEscape and <= LastEscape)
            {
                bytes.Add((byte)(rest[0] - FirstEscape + 0x80));
            }
            else
            {
                bytes.AddRange(room[..rune.EncodeToUtf8(room)]);
            }

            rest = rest[length..];
        }

        return [.. bytes];
    }

    /// <summary>Whether the text may hold bytes that are no UTF-8: also true of some text that holds none.</summary>
    public static bool HasEscapes(ReadOnlySpan<char> text) => text.ContainsAnyInRange(FirstEscape, LastEscape);
}
