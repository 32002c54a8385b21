using Roundtrip.Core;

namespace Roundtrip.Trace;

/// <summary>Hops that come again: packets go in a circle until their time is exceeded.</summary>
/// <param name="First">The TTL of the first hop of the circle.</param>
/// <param name="Length">The hops of the circle, 2 or more.</param>
public readonly record struct RoutingLoop(int First, int Length)
{
    // Fewer rounds may be a router that answers for its neighbour, or a route that changed meanwhile.
    private const int Rounds = 3;

    /// <summary>Looks for the first circle that was gone around three times.</summary>
    /// <param name="hops">The address that answered for each hop, from <paramref name="firstTimeToLive"/> on; null for none or several.</param>
    public static RoutingLoop? Find(IReadOnlyList<PeerAddress?> hops, int firstTimeToLive)
    {
        for (int first = 0; first < hops.Count; first++)
        {
            for (int length = 2; first + length * Rounds <= hops.Count; length++)
            {
                if (IsCircle(hops, first, length))
                {
                    return new RoutingLoop(first + firstTimeToLive, length);
                }
            }
        }

        return null;
    }

    private static bool IsCircle(IReadOnlyList<PeerAddress?> hops, int first, int length)
    {
        // Who must answer so often soon answers no more (Pacing), so that a hop may lack here and there; none may contradict.
        int repeated = 0;
        for (int i = 0; i < length; i++)
        {
            PeerAddress[] seen = [.. Enumerable.Range(0, Rounds).Select(round => hops[first + i + round * length]).OfType<PeerAddress>()];
            if (seen.Distinct().Count() > 1)
            {
                return false;
            }

            repeated += seen.Length > 1 ? 1 : 0;
        }

        bool isInEachRound = Enumerable.Range(0, Rounds).All(round => Enumerable.Range(first + round * length, length).Any(i => hops[i] is not null));

        // Two addresses at least: one that comes again and again may be a middlebox that answers for all.
        return repeated > 1 && isInEachRound && hops[first] is not null && hops.Skip(first).Take(length * Rounds).OfType<PeerAddress>().Distinct().Count() > 1;
    }
}
