using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Paths;

/// <summary>A router, or the end, at one hop.</summary>
/// <param name="Address">Null for those at this hop that do not answer, which cannot be told apart.</param>
/// <param name="Answer">The first that it gave.</param>
/// <param name="Flows">The flows that were seen there.</param>
/// <param name="Part">The part of the hop's flows that this is, 0 to 1.</param>
public sealed record PathNode(int TimeToLive, PeerAddress? Address, Answer? Answer, Statistics Statistics, int Flows, double Part)
{
    /// <summary>Whether it had the probes that it did not answer: they are not lost to those behind it.</summary>
    public bool Withholds { get; init; }
}
