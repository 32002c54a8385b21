namespace Roundtrip.Trace.Probes;

/// <summary>One packet to be sent.</summary>
/// <param name="Id">Tells the trace's probes apart; from 1 on.</param>
/// <param name="TimeToLive">The routers that it may reach, 1 to 255.</param>
/// <param name="Flow">Load balancers send probes of one flow the same way. 0 is the trace's own.</param>
public readonly record struct Probe(ushort Id, byte TimeToLive, ushort Flow)
{
    /// <summary>The bytes of the packet with its IP header; 0 for as many as the trace's packets have.</summary>
    public ushort Size { get; init; }
}
