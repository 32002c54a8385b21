using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Roundtrip.Http.Sse;

/// <summary>
/// Writes an event stream (HTML Standard, section 9.2.5): each call is an event, or a comment, with the empty line that ends it. A stream is UTF-8, and so is what is given.
/// </summary>
public static class SseWriter
{
    /// <summary>The media type, which has no parameter that anybody needs: it is always UTF-8.</summary>
    public const string MediaType = "text/event-stream";

    // What would end a line; NUL has a browser ignore an id, and stands in no name.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("\r\n\0"u8);
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>Whether it can be an id or an event's name: no CR, LF or NUL, with which whoever chooses it would write fields of his own.</summary>
    public static bool IsValue(ReadOnlySpan<byte> value) => !value.ContainsAny(Forbidden);

    /// <summary>Writes an event.</summary>
    /// <param name="data">Of any lines: CR, LF and CRLF all come out as LF at the receiver.</param>
    /// <param name="name">Its type; empty for <c>message</c>.</param>
    /// <param name="id">What the receiver will say it had last; empty for none. See <see cref="WriteEmptyId"/>.</param>
    /// <exception cref="ArgumentException">A name or id that is none: <see cref="IsValue"/>.</exception>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default, ReadOnlySpan<byte> id = default)
    {
        if (!id.IsEmpty)
        {
            WriteField(output, "id: "u8, id, nameof(id));
        }

        if (!name.IsEmpty)
        {
            WriteField(output, "event: "u8, name, nameof(name));
        }

        // Also where there is no data: an event without a data line is not dispatched.
        while (true)
        {
            int end = data.IndexOfAny(LineEnds);
            output.Write("data: "u8);
            output.Write(end < 0 ? data : data[..end]);
            output.Write("\n"u8);
            if (end < 0)
            {
                break;
            }

            bool isCrLf = data[end] == (byte)'\r' && end + 1 < data.Length && data[end + 1] == (byte)'\n';
            data = data[(end + (isCrLf ? 2 : 1))..];
        }

        output.Write("\n"u8);
    }

    /// <summary>Says what the receiver had last, without an event: section 9.2.6 takes the id over though there is no data to dispatch.</summary>
    /// <exception cref="ArgumentException">An id that is none: <see cref="IsValue"/>.</exception>
    public static void WriteId(IBufferWriter<byte> output, ReadOnlySpan<byte> id)
    {
        WriteField(output, "id: "u8, id, nameof(id));
        output.Write("\n"u8);
    }

    /// <summary>Has the receiver forget the last id.</summary>
    public static void WriteEmptyId(IBufferWriter<byte> output) => output.Write("id\n\n"u8);

    /// <summary>Says how long to wait before connecting again.</summary>
    public static void WriteRetry(IBufferWriter<byte> output, long milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
        output.Write("retry: "u8);
        Utf8Formatter.TryFormat(milliseconds, output.GetSpan(20), out int written);
        output.Advance(written);
        output.Write("\n\n"u8);
    }

    /// <summary>Writes what every receiver ignores: it keeps a silent connection alive.</summary>
    /// <exception cref="ArgumentException">It has CR, LF or NUL.</exception>
    public static void WriteComment(IBufferWriter<byte> output, ReadOnlySpan<byte> comment)
    {
        WriteField(output, comment.IsEmpty ? ":"u8 : ": "u8, comment, nameof(comment));
        output.Write("\n"u8);
    }

    private static void WriteField(IBufferWriter<byte> output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> value, string parameter)
    {
        if (!IsValue(value))
        {
            throw new ArgumentException($"CR, LF or NUL: {Encoding.UTF8.GetString(value)}", parameter);
        }

        output.Write(start);
        output.Write(value);
        output.Write("\n"u8);
    }
}
