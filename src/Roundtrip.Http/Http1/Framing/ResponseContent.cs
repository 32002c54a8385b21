using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 6.3, the client's part: how a response's content is delimited, or why that cannot be said.</summary>
internal static class ResponseContent
{
    /// <param name="length">The length where the result is <see cref="ResponseFraming.Length"/>; 0 otherwise.</param>
    /// <param name="framing">Length, Chunked, UntilClose or Absent; None when there is an error.</param>
    public static EndReason Determine(Method method, int status, ProtocolVersion version, FieldBuffer fields, out ResponseFraming framing, out long length)
    {
        length = 0;
        framing = ResponseFraming.None;
        int codings = fields.LinesOf(KnownField.TransferEncoding);
        int lengths = fields.LinesOf(KnownField.ContentLength);

        // RFC 9112 §6.3 item 3: it may be an attempt to split the response, and ought to be handled as an error; whatever the status.
        if (codings > 0 && lengths > 0)
        {
            return EndReason.ContentLengthWithTransferEncoding;
        }

        // Item 5: with differing values the client MUST close the connection and discard the response. Deviates: it may take equal ones for one; refused as from a client.
        ReadOnlySpan<byte> value = fields.Value(KnownField.ContentLength);
        if (lengths > 1 || value.Contains((byte)','))
        {
            return EndReason.DifferingContentLength;
        }

        if (lengths > 0 && !ContentLength.TryParse(value, out length))
        {
            return EndReason.InvalidContentLength;
        }

        // Items 1 and 2.
        if (method == Method.Head || status is 204 or 304)
        {
            length = 0;
            framing = ResponseFraming.Absent;
            return EndReason.None;
        }

        if (codings > 0)
        {
            return DetermineCoding(codings, version, fields.Value(KnownField.TransferEncoding), out framing);
        }

        framing = lengths > 0 ? ResponseFraming.Length : ResponseFraming.UntilClose;
        return EndReason.None;
    }

    private static EndReason DetermineCoding(int lines, ProtocolVersion version, ReadOnlySpan<byte> value, out ResponseFraming framing)
    {
        framing = ResponseFraming.None;

        // RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0 is faulty framing.
        if (version == ProtocolVersion.Http10)
        {
            return EndReason.TransferEncodingInHttp10;
        }

        if (lines > 1)
        {
            return EndReason.InvalidTransferEncoding;
        }

        // Deviates: item 4 reads a response whose final coding is not chunked until the close. We asked for no coding (no TE), so none but chunked is understood.
        EndReason error = TransferCodings.Judge(value);
        framing = error == EndReason.None ? ResponseFraming.Chunked : ResponseFraming.None;
        return error;
    }
}
