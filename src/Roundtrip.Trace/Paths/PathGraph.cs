using System.Runtime.InteropServices;

namespace Roundtrip.Trace.Paths;

/// <summary>All paths that were found.</summary>
/// <param name="Nodes">Hop by hop; at a hop in the order in which they were met.</param>
/// <param name="Links">By their nodes' order.</param>
/// <param name="Paths">The ways of the flows that were seen everywhere; where hops are meshed there are more than these.</param>
/// <param name="IsWhole">Whether the failure bound holds; false where the search was cancelled or cut short.</param>
public sealed record PathGraph(IReadOnlyList<PathNode> Nodes, IReadOnlyList<PathLink> Links, IReadOnlyList<FoundPath> Paths, bool IsWhole)
{
    /// <summary>The nodes of each hop.</summary>
    public IEnumerable<IGrouping<int, PathNode>> Hops => Nodes.GroupBy(node => node.TimeToLive);

    internal static PathGraph Of(FlowTable table, int first, bool isWhole)
    {
        var numbers = new Dictionary<(int TimeToLive, Router Router), int>();
        var nodes = new List<PathNode>();
        FlowHop[] hops = [.. table.Hops];
        var silent = hops.Where(hop => !hop.IsAnswering).ToDictionary(hop => hop.TimeToLive, _ => new Router(null));
        foreach (FlowHop hop in hops)
        {
            Router[] routers = silent.TryGetValue(hop.TimeToLive, out Router? star) ? [star] : [.. hop.Routers];
            foreach (Router router in routers)
            {
                numbers.Add((hop.TimeToLive, router), nodes.Count);
                nodes.Add(NodeOf(hop, router, hops));
            }
        }

        ushort[] flows = [.. hops.SelectMany(hop => hop.Sightings).Select(sighting => sighting.Flow).Distinct().Order()];
        PathLink[] links = LinksOf();
        var known = links.Select(link => (link.From, link.To)).ToHashSet();
        return new PathGraph(nodes, links, PathsOf(), isWhole);

        int? NumberOf(FlowHop hop, ushort flow) => table.EndsAt(flow, hop.TimeToLive - 1) ? null
            : silent.TryGetValue(hop.TimeToLive, out Router? star) ? numbers[(hop.TimeToLive, star)]
            : hop.RouterOf(flow) is { } router ? numbers[(hop.TimeToLive, router)]
            : null;

        PathLink[] LinksOf()
        {
            var flowsOf = new Dictionary<(int From, int To), int>();
            for (int i = 1; i < hops.Length; i++)
            {
                foreach (ushort flow in flows)
                {
                    if (NumberOf(hops[i - 1], flow) is { } from && NumberOf(hops[i], flow) is { } to)
                    {
                        CollectionsMarshal.GetValueRefOrAddDefault(flowsOf, (from, to), out _)++;
                    }
                }
            }

            return [.. flowsOf.Select(link => new PathLink(link.Key.From, link.Key.To, link.Value)).OrderBy(link => link.From).ThenBy(link => link.To)];
        }

        FoundPath[] PathsOf()
        {
            var paths = new Dictionary<string, FoundPath>();
            foreach (ushort flow in flows)
            {
                if (WayOf(flow) is { } way)
                {
                    Sighting? last = hops.Reverse().Where(hop => hop.IsAnswering).Select(hop => hop.Find(flow)).FirstOrDefault(sighting => sighting is not null);
                    string key = string.Join(' ', way);
                    FoundPath path = paths.GetValueOrDefault(key) ?? new FoundPath(way, 0, 0, 0);
                    int sent = last?.Probes.Count ?? 0, answered = last is null ? 0 : last.Probes.Count(probe => probe.Answer is not null);
                    paths[key] = path with { Flows = path.Flows + 1, Sent = path.Sent + sent, Lost = path.Lost + sent - answered };
                }
            }

            return [.. paths.Values];
        }

        List<int>? WayOf(ushort flow)
        {
            var way = new List<int>();
            foreach (FlowHop hop in hops)
            {
                if (table.EndsAt(flow, hop.TimeToLive - 1))
                {
                    break;
                }

                // Where there is but one router, flows that did not ask for it go through it as well.
                int? place = NumberOf(hop, flow) ?? (hop.IsAnswering && hop.Width == 1 ? numbers[(hop.TimeToLive, hop.Routers.First())] : null);
                if (place is not { } number || (way.Count > 0 && !known.Contains((way[^1], number))))
                {
                    return null;
                }

                way.Add(number);
            }

            return way.Count > 0 && nodes[way[0]].TimeToLive == first ? way : null;
        }
    }

    private static PathNode NodeOf(FlowHop hop, Router router, FlowHop[] hops)
    {
        Sighting[] sightings = router.Address is null && !hop.IsAnswering ? [.. hop.Sightings] : [.. router.Flows.Select(flow => hop.Find(flow)!)];
        var statistics = new Statistics();
        foreach (SentProbe probe in sightings.SelectMany(sighting => sighting.Probes))
        {
            if (probe.Answer is null)
            {
                statistics.NoteLost();
            }
            else
            {
                statistics.Note(probe.Result.RoundTrip);
            }
        }

        int settled = hop.IsAnswering ? hop.Sightings.Count(sighting => sighting.IsSettled) : sightings.Length;
        return new PathNode(hop.TimeToLive, router.Address, sightings.FirstOrDefault(sighting => sighting.Answered is not null)?.Answered!.Answer, statistics, sightings.Length, settled == 0 ? 0 : (double)sightings.Length / settled)
        {
            Withholds = router.Address is not null && Loss.IsWithheld((statistics.Sent, statistics.Lost), Beyond(hop, router, hops)),
        };
    }

    // Of the same flows, at the hop behind that has lost the least.
    private static (int Sent, int Lost) Beyond(FlowHop hop, Router router, FlowHop[] hops)
    {
        (int Sent, int Lost) best = (0, 0);
        foreach (FlowHop beyond in hops.Where(beyond => beyond.TimeToLive > hop.TimeToLive && beyond.IsAnswering))
        {
            SentProbe[] probes = [.. router.Flows.Select(beyond.Find).OfType<Sighting>().SelectMany(sighting => sighting.Probes)];
            int lost = probes.Count(probe => probe.Answer is null);
            if (probes.Length > 0 && (best.Sent == 0 || (double)lost / probes.Length < (double)best.Lost / best.Sent))
            {
                best = (probes.Length, lost);
            }
        }

        return best;
    }
}
