using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 6.1: which transfer codings a message may name.</summary>
internal static class TransferCodings
{
    /// <summary>Judges the value of the only Transfer-Encoding line.</summary>
    /// <returns>None for exactly <c>chunked</c> (ASCII case ignored); otherwise why the message cannot be read.</returns>
    public static EndReason Judge(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            return EndReason.None;
        }

        // RFC 9112 §6.3 item 4: without chunked as the final coding the length cannot be told: 400. §6.1: a coding that we don't know
        // before a final chunked: 501. Chunked twice, with a parameter, or an element that is no token: malformed, 400.
        int chunked = 0;
        bool lastIsChunked;
        do
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> coding = FieldRules.Trim(comma < 0 ? value : value[..comma]);
            int semicolon = coding.IndexOf((byte)';');
            ReadOnlySpan<byte> name = FieldRules.Trim(semicolon < 0 ? coding : coding[..semicolon]);
            if (!FieldRules.IsToken(name))
            {
                return EndReason.InvalidTransferEncoding;
            }

            lastIsChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            chunked += Ascii.EqualsIgnoreCase(name, "chunked"u8) ? 1 : 0;
            value = comma < 0 ? default : value[(comma + 1)..];
            if (comma >= 0 && value.IsEmpty)
            {
                return EndReason.InvalidTransferEncoding;
            }
        }
        while (!value.IsEmpty);

        return lastIsChunked && chunked == 1 ? EndReason.UnsupportedTransferCoding : EndReason.InvalidTransferEncoding;
    }
}
