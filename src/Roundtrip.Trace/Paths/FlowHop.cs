using Roundtrip.Core;

namespace Roundtrip.Trace.Paths;

/// <summary>One hop and the flows that were asked for there.</summary>
internal sealed class FlowHop(int timeToLive)
{
    // A probe that was lost is sent again at once, the next when a router has got answers to give; where one may have given all that it had, also the first.
    private const int Attempts = 3;
    private const int AttemptsAtLimit = 6;
    private const long Pause = Span.Second;

    private readonly SortedDictionary<ushort, Sighting> _sightings = [];
    private readonly List<Sighting> _queue = [];
    private readonly Dictionary<PeerAddress, Router> _answering = [];
    private readonly Router _star = new(null);
    private readonly Allowance _allowance = new();
    private Sighting? _lastChance;
    private bool _isLimited;

    public int TimeToLive { get; } = timeToLive;

    public IReadOnlyCollection<Sighting> Sightings => _sightings.Values;

    /// <summary>Who answers, and last, where some flows find nobody, the one who does not.</summary>
    public IEnumerable<Router> Routers => _star.Flows.Count > 0 ? _answering.Values.Append(_star) : _answering.Values;

    /// <summary>The routers that are known, at least one.</summary>
    public int Width => Math.Max(1, _answering.Count + (_star.Flows.Count > 0 ? 1 : 0));

    public bool IsAnswering => _answering.Count > 0;

    /// <summary>Whether probes are to be sent or waited for.</summary>
    public bool IsBusy => _queue.Count > 0 || _sightings.Values.Any(sighting => sighting.IsOpen);

    public Sighting? Find(ushort flow) => _sightings.GetValueOrDefault(flow);

    /// <summary>The router that a flow has been seen at; null where it was not.</summary>
    public Router? RouterOf(ushort flow) => Find(flow) switch
    {
        { Answered: { } probe } => _answering[probe.Answer!.Value.From],
        { IsStar: true } => _star,
        _ => null,
    };

    public Sighting Ask(ushort flow)
    {
        var sighting = new Sighting(flow);
        _sightings.Add(flow, sighting);
        Enqueue(sighting);
        return sighting;
    }

    /// <summary>The next flow that waits for its probe, and when that may be sent.</summary>
    public (Sighting? Sighting, long At) Next(Predicate<Sighting> maySend)
    {
        Sighting? next = null;
        foreach (Sighting sighting in _queue)
        {
            if ((next is null || sighting.NotBefore < next.NotBefore) && maySend(sighting))
            {
                next = sighting;
            }
        }

        return next is null ? (null, Deadline.None) : (next, Math.Max(next.NotBefore, _allowance.Next(Width, isFirst: next.Probes.Count == 0)));
    }

    public void Sent(SentProbe probe)
    {
        Sighting sighting = _sightings[probe.Probe.Flow];
        Dequeue(sighting);
        sighting.Probes.Add(probe);
        _allowance.Sent(probe, Width, isFirst: sighting.Probes.Count == 1);
    }

    /// <summary>Takes over a probe that was sent further and has shown who is here.</summary>
    public void TakeOver(SentProbe probe)
    {
        Sighting sighting = Find(probe.Probe.Flow) ?? Ask(probe.Probe.Flow);
        sighting.Probes.Add(probe);
        _allowance.Sent(probe, Width, isFirst: false);
        Answered(probe);
    }

    public void Answered(SentProbe probe)
    {
        // A flow whose path has turned out to end before is looked for no longer.
        if (Find(probe.Probe.Flow) is not { Answered: null } sighting)
        {
            return;
        }

        sighting.Answered = probe;
        Dequeue(sighting);
        _star.Flows.Remove(sighting.Flow);
        sighting.IsStar = false;
        _isLimited |= sighting.Probes.Count > 1 && probe == sighting.Probes[^1];
        _allowance.Answered(probe);
        PeerAddress from = probe.Answer!.Value.From;
        if (!_answering.TryGetValue(from, out Router? router))
        {
            _answering.Add(from, router = new Router(from));
        }

        router.Flows.Add(sighting.Flow);
    }

    /// <summary>Looks for a flow no longer: its path ends before.</summary>
    public void Forget(ushort flow)
    {
        if (RouterOf(flow) is { } router)
        {
            router.Flows.Remove(flow);
            if (router.Flows.Count == 0 && router.Address is { } address)
            {
                _answering.Remove(address);
            }
        }

        if (_sightings.Remove(flow, out Sighting? sighting))
        {
            Dequeue(sighting);
        }
    }

    /// <summary>Decides what becomes of the flows that were not answered.</summary>
    /// <param name="enough">So many flows without any answer make the hop a silent one, but for one more try.</param>
    public void Settle(int enough, long now)
    {
        Sighting[] unanswered = [.. _sightings.Values.Where(sighting => sighting.IsUnanswered)];
        if (!IsAnswering)
        {
            // Whoever has spent all its answers on others keeps silent for a second; whoever still does then is a silent one.
            if (_lastChance is null && unanswered.Length >= enough)
            {
                _lastChance = unanswered[0];
                _lastChance.NotBefore = unanswered.Max(sighting => sighting.Probes[^1].SentAt) + Pause;
                Enqueue(_lastChance);
            }

            return;
        }

        bool mayBeSpent = _answering.Values.Any(router => router.Flows.Count >= Allowance.Burst);
        int failed = 0;
        foreach (Sighting sighting in unanswered)
        {
            // The fate of a flow is its router's. Where one was answered after all it is the time that decides.
            if (sighting.Probes.Count >= (_isLimited ? AttemptsAtLimit : Attempts))
            {
                sighting.IsStar = true;
                _star.Flows.Add(sighting.Flow);
                continue;
            }

            Enqueue(sighting);
            if (sighting.Probes.Count > 1 || mayBeSpent)
            {
                sighting.NotBefore = sighting.Probes[^1].SentAt + Pause;
                failed = Math.Max(failed, sighting.Probes.Count);
            }
        }

        if ((_isLimited || mayBeSpent) && failed > 0)
        {
            _allowance.Empty(now, Width, isAgain: failed > 2);
        }
    }

    private void Enqueue(Sighting sighting)
    {
        sighting.IsQueued = true;
        _queue.Add(sighting);
    }

    private void Dequeue(Sighting sighting)
    {
        sighting.IsQueued = false;
        _queue.Remove(sighting);
    }
}
