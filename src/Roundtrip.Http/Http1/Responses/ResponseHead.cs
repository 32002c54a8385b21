using System.Buffers.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>Writes the head of a final response (RFC 9112 sections 4 to 6).</summary>
internal static class ResponseHead
{
    private const int DateLength = 29;

    // More than what stands here beside the handler's own fields: Date and its CRLF, framing, Connection, the empty line.
    private const int OwnFields = 128;

    /// <param name="start">What <see cref="StatusLines"/> has for the status.</param>
    /// <param name="length">The value of Content-Length, or less than 0 for no such field.</param>
    /// <param name="connection">The whole Connection line, or nothing.</param>
    public static void Write(
        OutputQueue output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> date, FieldBlock shared, FieldBuffer own, long length, bool isChunked,
        ReadOnlySpan<byte> connection)
    {
        ReadOnlySpan<byte> sharedLines = shared.Http1Lines;
        ReadOnlySpan<byte> ownLines = own.Http1Lines;
        int bound = start.Length + sharedLines.Length + ownLines.Length + OwnFields;
        if (bound > BufferPool.SegmentSize)
        {
            WriteLarge(output, start, date, sharedLines, ownLines, length, isChunked, connection);
            return;
        }

        Span<byte> room = output.GetSpan(bound);
        int at = 0;
        Put(room, ref at, start);
        Put(room, ref at, date);
        Put(room, ref at, "\r\n"u8);
        Put(room, ref at, sharedLines);
        Put(room, ref at, ownLines);
        PutFraming(room, ref at, length, isChunked, connection);
        output.Advance(at);
    }

    private static void WriteLarge(
        OutputQueue output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> date, ReadOnlySpan<byte> shared, ReadOnlySpan<byte> own,
        long length, bool isChunked, ReadOnlySpan<byte> connection)
    {
        output.Write(start);
        output.Write(date[..DateLength]);
        output.Write("\r\n"u8);
        output.Write(shared);
        output.Write(own);
        Span<byte> room = output.GetSpan(OwnFields);
        int at = 0;
        PutFraming(room, ref at, length, isChunked, connection);
        output.Advance(at);
    }

    private static void PutFraming(Span<byte> room, ref int at, long length, bool isChunked, ReadOnlySpan<byte> connection)
    {
        if (isChunked)
        {
            Put(room, ref at, "Transfer-Encoding: chunked\r\n"u8);
        }
        else if (length >= 0)
        {
            Put(room, ref at, "Content-Length: "u8);
            Utf8Formatter.TryFormat(length, room[at..], out int digits);
            at += digits;
            Put(room, ref at, "\r\n"u8);
        }

        Put(room, ref at, connection);
        Put(room, ref at, "\r\n"u8);
    }

    private static void Put(Span<byte> room, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(room[at..]);
        at += bytes.Length;
    }
}
