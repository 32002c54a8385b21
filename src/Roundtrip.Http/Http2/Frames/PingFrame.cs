using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>PING (RFC 9113 section 6.7).</summary>
/// <param name="IsAck">Whether it answers one of ours. One that does not is answered with the same <paramref name="Opaque"/>.</param>
/// <param name="Opaque">Eight bytes that mean something to who sent them first.</param>
public readonly record struct PingFrame(bool IsAck, ulong Opaque)
{
    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out PingFrame frame)
    {
        frame = new PingFrame(header.Has(FrameFlags.Ack), BinaryPrimitives.ReadUInt64BigEndian(payload));
        return default;
    }
}
