using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Trace.Rounds;

/// <summary>A hop as it stands after some rounds.</summary>
/// <param name="TimeToLive">The distance.</param>
/// <param name="Addresses">Who answered, the last one first.</param>
public sealed record RoundHop(int TimeToLive, IReadOnlyList<PeerAddress> Addresses)
{
    /// <summary>In <see cref="History"/>: the probe was not answered.</summary>
    public const long Lost = -1;

    /// <summary>In <see cref="History"/>: it may be answered yet.</summary>
    public const long UnderWay = -2;

    public int Sent { get; init; }

    /// <summary>The probes that were answered, and those that were given up. The rest of those sent are under way.</summary>
    public Statistics Statistics { get; init; }

    /// <summary>The part of packets that is lost on the way to this hop, 0 to 1: no more than is lost on the way to any hop behind it.</summary>
    public double Loss { get; init; }

    /// <summary>The part of packets that came here and were not answered, or whose answer was lost on its way back: the hop limits its answers.</summary>
    public double Withheld { get; init; }

    /// <summary>Round trips in nanoseconds, <see cref="Lost"/> and <see cref="UnderWay"/>; the latest last.</summary>
    public IReadOnlyList<long> History { get; init; } = [];

    /// <summary>The labels that its last answer told (RFC 4950).</summary>
    public IReadOnlyList<MplsLabel> Labels { get; init; } = [];

    /// <summary>What traceroute would write behind its last answer.</summary>
    public string Mark { get; init; } = "";

    public bool IsSilent => Addresses.Count == 0;
}
