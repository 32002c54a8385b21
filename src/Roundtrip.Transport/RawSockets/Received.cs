using Roundtrip.Core;

namespace Roundtrip.Transport.RawSockets;

/// <summary>What a probe's socket has received.</summary>
/// <param name="Length">The bytes in the buffer: of a raw socket of IPv4 the packet with its header, of IPv6 without; of an error what was quoted behind the headers.</param>
/// <param name="From">Who sent it, without a port; of an error who answered with it.</param>
/// <param name="TimeToLive">With which it arrived; 0 where that is not known.</param>
/// <param name="At">When it arrived, by <see cref="MonotonicClock"/>.</param>
public readonly record struct Received(int Length, PeerAddress From, byte TimeToLive, long At)
{
    /// <summary>ICMP's type, of an error.</summary>
    public byte Type { get; init; }

    /// <summary>ICMP's code, of an error.</summary>
    public byte Code { get; init; }

    /// <summary>The next link's MTU, of an error that is about it.</summary>
    public uint Info { get; init; }

    /// <summary>Where extensions (RFC 4884) begin in the buffer; 0 where there are none.</summary>
    public int ExtensionsAt { get; init; }
}
