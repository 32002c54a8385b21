using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>HEADERS (RFC 9113 section 6.2): a field block, or its first fragment where END_HEADERS is not set.</summary>
public readonly ref struct HeadersFrame
{
    private HeadersFrame(PriorityFields? priority, ReadOnlySpan<byte> fragment)
    {
        Priority = priority;
        Fragment = fragment;
    }

    /// <summary>What PRIORITY's fields say, where the flag says that they are there.</summary>
    public PriorityFields? Priority { get; }

    /// <summary>Bytes for HPACK; a part of the payload that was read.</summary>
    public ReadOnlySpan<byte> Fragment { get; }

    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out HeadersFrame frame)
    {
        frame = default;
        bool hasPriority = header.Has(FrameFlags.Priority);
        ProtocolError error = Padding.Strip(header, hasPriority ? PriorityFields.Size : 0, ref payload);
        if (error.IsError)
        {
            return error;
        }

        frame = hasPriority
            ? new HeadersFrame(PriorityFields.Read(payload), payload[PriorityFields.Size..])
            : new HeadersFrame(null, payload);
        return default;
    }
}
