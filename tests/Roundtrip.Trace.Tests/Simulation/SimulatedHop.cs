using Roundtrip.Core;

namespace Roundtrip.Trace.Tests.Simulation;

/// <summary>What answers at one distance.</summary>
/// <param name="Addresses">Parallel routers: a flow always goes through the same one.</param>
internal sealed record SimulatedHop(PeerAddress[] Addresses)
{
    public bool IsSilent { get; init; }

    /// <summary>From the hop before to this one and back, in nanoseconds.</summary>
    public long Delay { get; init; } = 5 * Span.Millisecond;

    /// <summary>The bytes of IP's payload that an ICMP error quotes.</summary>
    public int Quotes { get; init; } = 500;

    /// <summary>The label that packets have here; 0 for none.</summary>
    public uint Label { get; init; }

    /// <summary>Whether it changes addresses, and with them checksums, which no quote from behind it has undone.</summary>
    public bool Translates { get; init; }

    /// <summary>ICMP's type and code for whatever should go further; null where it is forwarded.</summary>
    public (byte Type, byte Code)? Refuses { get; init; }

    /// <summary>The bytes of the largest packet that the link behind it takes.</summary>
    public int Mtu { get; init; } = 65535;

    /// <summary>What it says of that: null for what is so, 0 for no number, -1 for nothing.</summary>
    public int? SaysMtu { get; init; }

    /// <summary>Errors in a burst; after it one a second.</summary>
    public int Burst { get; init; } = 6;
}
