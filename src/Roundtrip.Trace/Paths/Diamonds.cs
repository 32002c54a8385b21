namespace Roundtrip.Trace.Paths;

/// <summary>Where paths part and come together again, and which of these diamonds need node control.</summary>
internal static class Diamonds
{
    /// <summary>The pairs of hops that answer, in order.</summary>
    public static List<HopPair> Pairs(ReadOnlySpan<FlowHop> hops)
    {
        var pairs = new List<HopPair>();
        FlowHop? near = null;
        foreach (FlowHop hop in hops)
        {
            if (hop.IsAnswering)
            {
                if (near is not null)
                {
                    pairs.Add(new HopPair(near, hop));
                }

                near = hop;
            }
        }

        return pairs;
    }

    /// <summary>
    /// The pairs of all diamonds that are meshed or uneven anywhere: what holds for equally likely routers of a hop holds in none of the hops behind (Vermeulen et al., "Multilevel MDA-Lite Paris
    /// Traceroute", IMC 2018, section 2.3).
    /// </summary>
    public static HashSet<HopPair> Controlled(List<HopPair> pairs)
    {
        var controlled = new HashSet<HopPair>();
        for (int first = 0; first < pairs.Count;)
        {
            int end = first + 1;
            while (end < pairs.Count && pairs[end].Near.Width > 1)
            {
                end++;
            }

            List<HopPair> diamond = pairs[first..end];
            if (diamond.Exists(pair => pair.IsMeshed || pair.IsUneven))
            {
                controlled.UnionWith(diamond);
            }

            first = end;
        }

        return controlled;
    }
}
