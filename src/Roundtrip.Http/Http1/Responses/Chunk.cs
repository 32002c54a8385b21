using System.Buffers.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>Writes chunk framing (RFC 9112 section 7.1).</summary>
internal static class Chunk
{
    /// <summary>Sixteen hexadecimal digits and CRLF.</summary>
    private const int LongestSizeLine = 18;

    /// <summary>Writes the size line. A size of 0 would end the body, so it is never asked for.</summary>
    public static void WriteSize(OutputQueue output, long size)
    {
        Span<byte> room = output.GetSpan(LongestSizeLine);
        Utf8Formatter.TryFormat(size, room, out int digits, 'x');
        room[digits] = (byte)'\r';
        room[digits + 1] = (byte)'\n';
        output.Advance(digits + 2);
    }

    public static void WriteEnd(OutputQueue output) => output.Write("\r\n"u8);

    /// <summary>The last chunk and an empty trailer section.</summary>
    public static void WriteLast(OutputQueue output) => output.Write("0\r\n\r\n"u8);
}
