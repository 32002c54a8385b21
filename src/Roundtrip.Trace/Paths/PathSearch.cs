namespace Roundtrip.Trace.Paths;

/// <summary>
/// Which flows are asked for where, by what has been seen so far: the rules of MDA-Lite, applied to all hops at once. Flows are taken in order, so that hops share them and their links come for
/// nothing.
/// </summary>
internal sealed class PathSearch(FlowTable table, PathsOptions options)
{
    // Of each router on the wider side of a pair: enough to see most meshes, few enough to cost nothing where there is none (MDA-Lite's phi).
    private const int TestFlows = 2;

    // So many flows at most are begun for one router before it is looked at again.
    private const int Step = 32;

    private readonly StoppingPoints _stopping = new(options.FailureBound);

    /// <summary>Whether more would have been asked for than is allowed.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Asks for what is missing.</summary>
    /// <param name="nearestEnd">Where the nearest end is, or is likely to be; <see cref="int.MaxValue"/> if nobody knows.</param>
    /// <returns>False if nothing was.</returns>
    public bool Ask(int nearestEnd, long now)
    {
        bool isAsked = false;
        foreach (FlowHop hop in table.Hops)
        {
            hop.Settle(_stopping[1], now);
            isAsked |= AskHop(hop, _stopping[hop.Width] - hop.Sightings.Count, nearestEnd);
        }

        // Links, meshes and unevenness are looked for in what has settled.
        if (!HasIdleNeighbours())
        {
            return isAsked;
        }

        List<HopPair> pairs = Diamonds.Pairs(table.Hops);
        HashSet<HopPair> controlled = Diamonds.Controlled(pairs);
        foreach (HopPair pair in pairs)
        {
            if (!pair.Near.IsBusy && !pair.Far.IsBusy)
            {
                isAsked |= controlled.Contains(pair) ? AskNodes(pair, nearestEnd) : AskLinks(pair, nearestEnd);
            }
        }

        return isAsked;
    }

    private bool HasIdleNeighbours()
    {
        bool isIdle = false;
        foreach (FlowHop hop in table.Hops)
        {
            if (hop.IsAnswering)
            {
                bool wasIdle = isIdle;
                isIdle = !hop.IsBusy;
                if (wasIdle && isIdle)
                {
                    return true;
                }
            }
        }

        return false;
    }

    // MDA-Lite: one flow links a router with its neighbour where there can be but one; two show whether there are more.
    private bool AskLinks(HopPair pair, int nearestEnd)
    {
        bool isAsked = false;
        foreach (Router router in pair.Near.Routers)
        {
            isAsked |= AskRouter(router, pair.Near, pair.Far, (pair.IsFunnel || pair.Near.Width < pair.Far.Width ? 1 : TestFlows) - pair.SharedBy(router), nearestEnd);
        }

        foreach (Router router in pair.Far.Routers)
        {
            isAsked |= AskRouter(router, pair.Far, pair.Near, (pair.IsFunnel || pair.Far.Width < pair.Near.Width ? 1 : TestFlows) - pair.SharedBy(router), nearestEnd);
        }

        return isAsked;
    }

    // The MDA's node control: each router's next hops are counted by themselves.
    private bool AskNodes(HopPair pair, int nearestEnd)
    {
        bool isAsked = false;
        foreach (Router router in pair.Near.Routers)
        {
            isAsked |= AskRouter(router, pair.Near, pair.Far, _stopping[Math.Max(1, pair.SuccessorsOf(router))] - pair.SharedBy(router), nearestEnd);
        }

        foreach (Router router in pair.Far.Routers)
        {
            isAsked |= AskRouter(router, pair.Far, pair.Near, 1 - pair.SharedBy(router), nearestEnd);
        }

        return isAsked;
    }

    /// <summary>Asks at another hop for flows that go through a router, and for further flows at its own where there are too few that do.</summary>
    private bool AskRouter(Router router, FlowHop at, FlowHop other, int count, int nearestEnd)
    {
        bool isAsked = false, goesOn = false;
        foreach (ushort flow in router.Flows)
        {
            // A path that ends here has no link to what is behind.
            goesOn |= other.TimeToLive < at.TimeToLive || !table.EndsAt(flow, at.TimeToLive);
            if (count > 0 && other.Find(flow) is null && table.Reaches(flow, other.TimeToLive, nearestEnd))
            {
                other.Ask(flow);
                isAsked = true;
                count--;
            }
        }

        if (count <= 0 || !goesOn || router.Address is null)
        {
            return isAsked;
        }

        double part = (double)router.Flows.Count / Math.Max(1, at.Sightings.Count);
        return isAsked | AskHop(at, (int)Math.Min(Step, Math.Ceiling(count / part)), nearestEnd);
    }

    private bool AskHop(FlowHop hop, int count, int nearestEnd)
    {
        bool isAsked = false;
        for (int flow = 0; flow < options.MaximumFlows && count > 0; flow++)
        {
            if (hop.Find((ushort)flow) is null && table.Reaches((ushort)flow, hop.TimeToLive, nearestEnd))
            {
                hop.Ask((ushort)flow);
                isAsked = true;
                count--;
            }
        }

        // Beyond the nearest end there are only the flows that go on.
        IsCutShort |= count > 0 && hop.TimeToLive <= nearestEnd;
        return isAsked;
    }
}
