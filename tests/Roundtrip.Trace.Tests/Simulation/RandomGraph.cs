using Roundtrip.Core;

namespace Roundtrip.Trace.Tests.Simulation;

/// <summary>A random internet between us and the target: single routers, and diamonds of several kinds. Each router chooses the next one of a flow by a hash of its own.</summary>
internal sealed class RandomGraph
{
    private readonly List<SimulatedHop> _hops = [];

    // For each hop and router the routers of the next hop.
    private readonly List<int[][]> _next = [];
    private readonly Random _random;
    private readonly bool _isV6;
    private readonly uint _seed;

    public RandomGraph(Random random, bool isV6)
    {
        (_random, _isV6, _seed) = (random, isV6, (uint)random.Next());
    }

    public SimulatedHop[] Hops => [.. _hops];

    /// <summary>Places at which paths part: a router with several next ones.</summary>
    public int Partings => _next.Sum(routers => routers.Count(next => next.Length > 1));

    public int Burst { get; init; } = 1_000_000;

    public IEnumerable<(PeerAddress From, PeerAddress To)> Links =>
        _next.SelectMany((routers, hop) => routers.SelectMany((next, router) => next.Select(to => (_hops[hop].Addresses[router], _hops[hop + 1].Addresses[to])))).Distinct();

    /// <summary>One router, which all of the last hop lead to.</summary>
    public RandomGraph Single(bool isSilent = false)
    {
        Lead(Enumerable.Repeat((int[])[0], Width).ToArray());
        return Add(1, isSilent);
    }

    public RandomGraph Target()
    {
        Lead(Enumerable.Repeat((int[])[0], Width).ToArray());
        _hops.Add(new SimulatedHop([SimulatedTrace.Target(_isV6)]) { Delay = Delay, Burst = Burst });
        return this;
    }

    /// <summary>From one router to so many, all alike.</summary>
    public RandomGraph Part(int width) => Spread(Enumerable.Repeat(width, Width).ToArray());

    /// <summary>Each router leads to so many of its own.</summary>
    public RandomGraph Spread(params int[] widths)
    {
        int first = 0;
        Lead([.. widths.Select(width => Enumerable.Range((first += width) - width, width).ToArray())]);
        return Add(widths.Sum());
    }

    /// <summary>Each router leads to one of its own.</summary>
    public RandomGraph Along() => Spread(Enumerable.Repeat(1, Width).ToArray());

    /// <summary>Each router leads to all of the next hop.</summary>
    public RandomGraph Mesh(int width)
    {
        Lead(Enumerable.Repeat(Enumerable.Range(0, width).ToArray(), Width).ToArray());
        return Add(width);
    }

    /// <summary>Neighbours come together in pairs.</summary>
    public RandomGraph Join()
    {
        Lead([.. Enumerable.Range(0, Width).Select(router => (int[])[router / 2])]);
        return Add((Width + 1) / 2);
    }

    /// <summary>Where a flow is at a hop.</summary>
    public int Way(int timeToLive, ushort flow)
    {
        int router = 0;
        for (int hop = 0; hop < timeToLive - 1; hop++)
        {
            int[] next = _next[hop][router];
            router = next[(int)(Mix(_seed + (uint)(hop * 1000 + router) * 2654435761u + flow * 40503u) % (uint)next.Length)];
        }

        return router;
    }

    private int Width => _hops.Count == 0 ? 0 : _hops[^1].Addresses.Length;

    private long Delay => _random.NextInt64(100 * Span.Microsecond, 15 * Span.Millisecond);

    private void Lead(int[][] next)
    {
        if (_hops.Count > 0)
        {
            _next.Add(next);
        }
    }

    private RandomGraph Add(int width, bool isSilent = false)
    {
        int hop = _hops.Count + 1;
        PeerAddress[] addresses = [.. Enumerable.Range(1, width).Select(router => SimulatedTrace.Address(_isV6 ? $"2001:db8:{hop}::{router}" : $"10.0.{hop}.{router}"))];
        _hops.Add(new SimulatedHop(addresses) { Delay = Delay, Burst = Burst, IsSilent = isSilent });
        return this;
    }

    private static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x7feb352d;
        x = (x ^ (x >> 15)) * 0x846ca68b;
        return x ^ (x >> 16);
    }
}
