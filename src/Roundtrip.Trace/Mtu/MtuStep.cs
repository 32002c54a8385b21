using Roundtrip.Core;

namespace Roundtrip.Trace.Mtu;

/// <summary>From a hop on packets may be no larger.</summary>
/// <param name="TimeToLive">The first hop that larger packets do not come to.</param>
/// <param name="Mtu">The bytes that come there, with the IP header.</param>
/// <param name="SaidBy">The router that said so; null for the link of this machine, and where larger packets vanish.</param>
/// <param name="IsSilent">Whether larger packets vanish without a word: a black hole (RFC 2923 section 2.1).</param>
public readonly record struct MtuStep(int TimeToLive, int Mtu, PeerAddress? SaidBy, bool IsSilent);
