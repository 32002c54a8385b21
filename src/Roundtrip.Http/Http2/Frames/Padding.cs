using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>The pad length before a payload and the padding behind it (RFC 9113 section 6.1).</summary>
internal static class Padding
{
    /// <summary>Takes both away from <paramref name="payload"/>, if the header says that they are there.</summary>
    /// <param name="fixedFields">The bytes of the fields between the pad length and what varies: padding cannot reach into them.</param>
    public static ProtocolError Strip(in FrameHeader header, int fixedFields, ref ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded))
        {
            return default;
        }

        // RFC 9113 §6.1, §6.2: padding that leaves no room for what stands before it is PROTOCOL_ERROR. Its bytes need not be looked at.
        int padding = payload[0];
        if (1 + fixedFields + padding > payload.Length)
        {
            return FrameErrors.Connection(EndReason.InvalidPadding, ErrorCode.ProtocolError);
        }

        payload = payload[1..^padding];
        return default;
    }
}
