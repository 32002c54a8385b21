using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 6.3, the server's part: how long a request's content is, or why that cannot be said.</summary>
internal static class RequestFraming
{
    /// <summary>Reads the framing fields of a whole head.</summary>
    /// <param name="length">The content's length, 0 for none, <see cref="Exchange.UnknownLength"/> for chunked.</param>
    public static EndReason Determine(RequestHead head, long bodyLimit, out long length)
    {
        length = 0;
        if (head.Has(KnownField.TransferEncoding))
        {
            length = Exchange.UnknownLength;
            return JudgeTransferEncoding(head);
        }

        if (!head.Has(KnownField.ContentLength))
        {
            return EndReason.None;
        }

        // Deviates: RFC 9110 §8.6 lets identical repeated values be taken as one. No honest client sends them; refused.
        ReadOnlySpan<byte> value = head.Value(KnownField.ContentLength);
        if (head.Count(KnownField.ContentLength) > 1 || value.Contains((byte)','))
        {
            return EndReason.DifferingContentLength;
        }

        if (!ContentLength.TryParse(value, out length))
        {
            return EndReason.InvalidContentLength;
        }

        return bodyLimit > 0 && length > bodyLimit ? EndReason.RequestBodyTooLarge : EndReason.None;
    }

    /// <summary>RFC 9110 section 10.1.1: whether the client waits for 100 (Continue). False with an error for any other expectation.</summary>
    public static EndReason DetermineExpectation(RequestHead head, out bool expectsContinue)
    {
        // In an HTTP/1.0 request 100-continue MUST be ignored; what else 1.0 clients send there has no meaning.
        expectsContinue = head.Has(KnownField.Expect) && head.Version >= ProtocolVersion.Http11;
        return !expectsContinue
               || (head.Count(KnownField.Expect) == 1 && Ascii.EqualsIgnoreCase(head.Value(KnownField.Expect), "100-continue"u8))
            ? EndReason.None
            : EndReason.InvalidExpectation;
    }

    private static EndReason JudgeTransferEncoding(RequestHead head)
    {
        // RFC 9112 §6.1: a message with both "ought to be handled as an error": it is how requests are smuggled.
        if (head.Has(KnownField.ContentLength))
        {
            return EndReason.ContentLengthWithTransferEncoding;
        }

        // RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0 is faulty framing.
        if (head.Version == ProtocolVersion.Http10)
        {
            return EndReason.TransferEncodingInHttp10;
        }

        return head.Count(KnownField.TransferEncoding) == 1
            ? TransferCodings.Judge(head.Value(KnownField.TransferEncoding))
            : EndReason.InvalidTransferEncoding;
    }
}
