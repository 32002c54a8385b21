using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>PUSH_PROMISE (RFC 9113 section 6.6): a request that the server will answer unasked. Only a client takes it; to a server it is PROTOCOL_ERROR (section 8.4).</summary>
public readonly ref struct PushPromiseFrame
{
    private PushPromiseFrame(int promisedStreamId, ReadOnlySpan<byte> fragment)
    {
        PromisedStreamId = promisedStreamId;
        Fragment = fragment;
    }

    /// <summary>The stream that the response will come on, even and not 0.</summary>
    public int PromisedStreamId { get; }

    /// <inheritdoc cref="HeadersFrame.Fragment"/>
    public ReadOnlySpan<byte> Fragment { get; }

    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out PushPromiseFrame frame)
    {
        frame = default;
        ProtocolError error = Padding.Strip(header, fixedFields: 4, ref payload);
        if (error.IsError)
        {
            return error;
        }

        // RFC 9113 §6.6: a promised stream must be one that the sender may open, and §5.1.1: a server opens even ones.
        int promised = Number31.Read(payload);
        if (promised == 0 || promised % 2 != 0)
        {
            return FrameErrors.Connection(EndReason.InvalidPromisedStream, ErrorCode.ProtocolError);
        }

        frame = new PushPromiseFrame(promised, payload[4..]);
        return default;
    }
}
