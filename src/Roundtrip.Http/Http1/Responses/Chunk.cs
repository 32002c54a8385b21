using System.Buffers.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>Writes chunk framing (RFC 9112 section 7.1).</summary>
internal static class Chunk
{
    /// <summary>Sixteen hexadecimal digits and CRLF.</summary>
    private const int LongestSizeLine = 18;

    /// <summary>Writes the size line. A size of 0 would end the body, so it is never asked for.</summary>
    /// <returns>How many bytes that were.</returns>
    public static int WriteSize(OutputQueue output, long size)
    {
        Span<byte> room = output.GetSpan(LongestSizeLine);
        Utf8Formatter.TryFormat(size, room, out int digits, 'x');
        room[digits] = (byte)'\r';
        room[digits + 1] = (byte)'\n';
        output.Advance(digits + 2);
        return digits + 2;
    }

    /// <returns>How many bytes that were.</returns>
    public static int WriteEnd(OutputQueue output) => Write(output, "\r\n"u8);

    /// <summary>The last chunk and an empty trailer section.</summary>
    /// <returns>How many bytes that were.</returns>
    public static int WriteLast(OutputQueue output) => Write(output, "0\r\n\r\n"u8);

    private static int Write(OutputQueue output, ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        return bytes.Length;
    }
}
