using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>WINDOW_UPDATE (RFC 9113 section 6.9), of a stream or of the connection.</summary>
/// <param name="Increment">How many more bytes may be sent, 1 to 2^31-1.</param>
public readonly record struct WindowUpdateFrame(int Increment)
{
    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out WindowUpdateFrame frame)
    {
        frame = new WindowUpdateFrame(Number31.Read(payload));

        // RFC 9113 §6.9: an increment of 0 is an error of the stream, and on the connection's window one of the connection.
        return frame.Increment != 0 ? default
            : header.StreamId == 0 ? FrameErrors.Connection(EndReason.ZeroWindowIncrement, ErrorCode.ProtocolError)
            : FrameErrors.Stream(EndReason.ZeroWindowIncrement, ErrorCode.ProtocolError);
    }
}
