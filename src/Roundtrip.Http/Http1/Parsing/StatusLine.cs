using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 4: <c>HTTP-version SP status-code SP [ reason-phrase ]</c>.</summary>
internal static class StatusLine
{
    private const int StatusAt = 9;
    private const int ReasonAt = StatusAt + 3;

    /// <summary>Takes a line apart that <see cref="LineScanner"/> found. The reason phrase means nothing and is not looked at.</summary>
    /// <returns><see cref="EndReason.None"/>, or what is wrong.</returns>
    public static EndReason Parse(ReadOnlySpan<byte> line, out ProtocolVersion version, out int status)
    {
        version = ProtocolVersion.Http11;
        status = 0;
        if (line.Length < ReasonAt || !line.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)line[5]) || line[6] != (byte)'.'
            || !char.IsAsciiDigit((char)line[7]) || line[8] != (byte)' ')
        {
            return EndReason.InvalidStatusLine;
        }

        // RFC 9110 §2.5: a higher minor version is read as the highest that is known of its major one.
        if (line[5] != (byte)'1')
        {
            return EndReason.UnsupportedVersion;
        }

        version = line[7] == (byte)'0' ? ProtocolVersion.Http10 : ProtocolVersion.Http11;
        foreach (byte digit in line[StatusAt..ReasonAt])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return EndReason.InvalidStatusLine;
            }

            status = status * 10 + (digit - '0');
        }

        // RFC 9112 §4: the SP stands there even without a reason phrase. Deviates: some servers leave it away, and nothing else can be meant.
        // RFC 9110 §15: 100 to 599 are valid; a client takes another one for a 5xx of its kind, except that nothing below 100 is a status.
        return status < 100 || (line.Length > ReasonAt && line[ReasonAt] != (byte)' ') ? EndReason.InvalidStatusLine : EndReason.None;
    }
}
