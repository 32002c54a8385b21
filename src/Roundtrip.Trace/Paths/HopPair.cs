namespace Roundtrip.Trace.Paths;

/// <summary>Two hops that answer, with none between them that does, and how the flows that were seen at both link their routers.</summary>
internal sealed class HopPair
{
    private readonly Dictionary<Router, HashSet<Router>> _successors = [];
    private readonly Dictionary<Router, HashSet<Router>> _predecessors = [];
    private readonly Dictionary<Router, int> _shared = [];

    public HopPair(FlowHop near, FlowHop far)
    {
        (Near, Far) = (near, far);
        foreach (Router router in near.Routers)
        {
            _successors[router] = [];
        }

        foreach (Router router in far.Routers)
        {
            _predecessors[router] = [];
            foreach (ushort flow in router.Flows)
            {
                if (near.RouterOf(flow) is { } from)
                {
                    _successors[from].Add(router);
                    _predecessors[router].Add(from);
                    _shared[from] = SharedBy(from) + 1;
                    _shared[router] = SharedBy(router) + 1;
                }
            }
        }
    }

    public FlowHop Near { get; }

    public FlowHop Far { get; }

    /// <summary>Whether it leads out of a single router, or into one: then there is nothing that could be meshed.</summary>
    public bool IsFunnel => Near.Width == 1 || Far.Width == 1;

    /// <summary>Whether routers of the wider side have several neighbours on the other: a flow's router at one hop does then not tell the one at the next.</summary>
    public bool IsMeshed => !IsFunnel
        && ((Near.Width >= Far.Width && _successors.Values.Any(others => others.Count > 1)) || (Far.Width >= Near.Width && _predecessors.Values.Any(others => others.Count > 1)));

    /// <summary>Whether some routers have more neighbours on the wider side than others, so that its routers are not equally likely.</summary>
    public bool IsUneven => !IsFunnel && (Near.Width <= Far.Width ? _successors : _predecessors).Values.Where(others => others.Count > 0).Select(others => others.Count).Distinct().Count() > 1;

    public int SuccessorsOf(Router router) => _successors[router].Count;

    /// <summary>The flows that were seen at a router of the one hop and at the other hop.</summary>
    public int SharedBy(Router router) => _shared.GetValueOrDefault(router);
}
