using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Roundtrip.Http;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Files;

/// <summary>Answers a GET with Range (RFC 9110 sections 14 and 15.3.7).</summary>
internal static class RangeAnswer
{
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>0 when it is answered; 416 when that is to be the answer, whose Content-Range stands in the response's fields.</returns>
    public static int Answer(Exchange exchange, Representation selected, long now)
    {
        Span<ByteRange> ranges = stackalloc ByteRange[ByteRanges.MaxRanges];
        switch (ByteRanges.Parse(RequestFacts.RequestOf(exchange).Value(KnownField.Range), selected.Length, ranges, out int count))
        {
            case RangeResult.Whole:
                FileAnswer.Whole(exchange, selected, now);
                break;
            case RangeResult.Unsatisfiable:
                AddContentRange(exchange, null, selected.Length);
                return 416;
            case RangeResult.Partial when count == 1:
                Single(exchange, selected, ranges[0], now);
                break;
            default:
                Parts(exchange, selected, ranges[..count], now);
                break;
        }

        return 0;
    }

    private static void Single(Exchange exchange, Representation selected, ByteRange range, long now)
    {
        AddContentRange(exchange, range, selected.Length);
        ResponseFields.Respond(exchange, 206, selected, selected.Fields, range.Length, now);
        FileAnswer.Write(exchange, selected, range.Offset, range.Length);
        exchange.Complete();
    }

    // RFC 9110 §14.6: multipart/byteranges. The heads of all parts are written into one array first: then the length is known, and each can be sent from where it lies.
    private static void Parts(Exchange exchange, Representation selected, ReadOnlySpan<ByteRange> ranges, long now)
    {
        // RFC 2046 §5.1.1: the boundary must not occur in the parts. 128 random bits do not, by chance or by intent.
        string boundary = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var heads = new StringBuilder();
        Span<int> ends = stackalloc int[ranges.Length];
        long length = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ByteRange range = ranges[i];
            heads.Append(i == 0 ? "--" : "\r\n--").Append(boundary).Append(selected.ContentType.Length > 0 ? "\r\nContent-Type: " : "").Append(selected.ContentType)
                .Append("\r\nContent-Range: bytes ").Append(range.Offset).Append('-').Append(range.End - 1).Append('/').Append(selected.Length).Append("\r\n\r\n");
            ends[i] = heads.Length;
            length += range.Length;
        }

        heads.Append("\r\n--").Append(boundary).Append("--\r\n");
        byte[] text = GC.AllocateUninitializedArray<byte>(heads.Length, pinned: true);
        Encoding.Latin1.GetBytes(heads.ToString(), text);

        exchange.ResponseFields.Add("Content-Type"u8, Encoding.ASCII.GetBytes("multipart/byteranges; boundary=" + boundary));
        ResponseFields.Respond(exchange, 206, selected, selected.PartsFields, length + text.Length, now);
        int at = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            exchange.WriteShared(text, at, ends[i] - at);
            FileAnswer.Write(exchange, selected, ranges[i].Offset, ranges[i].Length);
            at = ends[i];
        }

        exchange.WriteShared(text, at, text.Length - at);
        exchange.Complete();
    }

    private static void AddContentRange(Exchange exchange, ByteRange? range, long length)
    {
        Span<byte> value = stackalloc byte[80];
        int written;
        if (range is { } satisfied)
        {
            Utf8.TryWrite(value, $"bytes {satisfied.Offset}-{satisfied.End - 1}/{length}", out written);
        }
        else
        {
            Utf8.TryWrite(value, $"bytes */{length}", out written);
        }

        exchange.ResponseFields.Add("Content-Range"u8, value[..written]);
    }
}
