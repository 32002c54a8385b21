using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>The route of one flow, hop by hop: distance first, then each hop up to it as often as was asked.</summary>
public sealed class TraceEngine(TraceOptions options) : ITraceEngine
{
    private readonly Outstanding _outstanding = new();
    private readonly Distance _distance = new(options);
    private readonly List<SentProbe>[] _byTimeToLive = [.. Enumerable.Range(0, options.MaximumTimeToLive + 1).Select(_ => new List<SentProbe>())];
    private readonly PeerAddress?[] _addresses = new PeerAddress?[options.MaximumTimeToLive + 1];
    private readonly Queue<TraceEvent> _events = new();
    private SentProbe? _far;
    private Waiting _waiting = new(options.MaximumWait);
    private Pacing _pacing;
    private int _done = options.FirstTimeToLive - 1;

    /// <inheritdoc/>
    public bool IsEnded => Outcome != TraceOutcome.Running;

    public TraceOutcome Outcome { get; private set; }

    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; private set; }

    /// <summary>Answers that were refused: duplicates, and what quotes no probe of this trace.</summary>
    public int Refused { get; private set; }

    /// <inheritdoc/>
    public long NextDeadline { get; private set; } = Deadline.None;

    /// <summary>The hops from the first that was asked for up to the end, as far as it is known.</summary>
    public IReadOnlyList<Hop> Hops => [.. Enumerable.Range(options.FirstTimeToLive, Math.Max(0, LastHop - options.FirstTimeToLive + 1)).Select(HopAt)];

    private int LastHop => _distance.End ?? Math.Max(_distance.Farthest, _done);

    /// <inheritdoc/>
    public bool TryNextProbe(long now, out Probe probe)
    {
        probe = default;
        GiveUp(now);
        Finish();
        if (IsEnded)
        {
            NextDeadline = Deadline.None;
            return false;
        }

        (int timeToLive, long at) = Choose();
        if (at <= now)
        {
            ushort id = _outstanding.NextId;
            probe = new Probe(id, (byte)timeToLive, options.VariesFlow ? id : (ushort)0);
            return true;
        }

        NextDeadline = Math.Min(at, NextGivenUp());
        return false;
    }

    /// <inheritdoc/>
    public void Sent(in Probe probe, long at)
    {
        SentProbe sent = _outstanding.Add(probe, at);
        _byTimeToLive[probe.TimeToLive].Add(sent);
        _far ??= _distance.AsksFar ? sent : null;
        _pacing.Sent(at);
    }

    /// <inheritdoc/>
    public bool Receive(in Answer answer)
    {
        SentProbe? probe = IsEnded ? null : _outstanding.Match(answer);
        if (probe is null)
        {
            Refused++;
            return false;
        }

        _waiting.Note(probe.Result.RoundTrip);
        _distance.Note(probe, isFar: probe == _far);
        NoteAddress(probe.Probe.TimeToLive, answer.From);
        FindLoop();
        _events.Enqueue(new TraceEvent(TraceEventKind.Answered, Math.Min(probe.Probe.TimeToLive, _distance.End ?? int.MaxValue)));
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadEvent(out TraceEvent happened) => _events.TryDequeue(out happened);

    /// <summary>The hop, the path's end with what it answered to probes that might have gone further.</summary>
    public Hop HopAt(int timeToLive)
    {
        IEnumerable<SentProbe> probes = _byTimeToLive[timeToLive];
        if (timeToLive == _distance.End)
        {
            probes = _outstanding.All.Where(probe => probe.Probe.TimeToLive == timeToLive || (probe.Probe.TimeToLive > timeToLive && probe.IsEnd));
        }

        return new Hop(timeToLive, [.. Enough(probes).Select(probe => probe.Result)]);
    }

    // The end may have answered more often than was asked: an answer is then worth more than a loss.
    private IEnumerable<SentProbe> Enough(IEnumerable<SentProbe> probes)
    {
        SentProbe[] all = [.. probes];
        int toSpare = Math.Max(0, all.Length - options.Queries);
        return all.Where(probe => probe.Answer is not null || toSpare-- <= 0).Take(options.Queries);
    }

    /// <summary>The hop of the next probe, and when it may be sent: the nearest of those that have had the fewest.</summary>
    private (int TimeToLive, long At) Choose()
    {
        if (_outstanding.All.Count == 0 && _distance.AsksFar)
        {
            return (options.MaximumTimeToLive, long.MinValue);
        }

        (int TimeToLive, long At, int Count) best = (0, Deadline.None, int.MaxValue);
        for (int timeToLive = options.FirstTimeToLive; timeToLive <= _distance.Reach && !_outstanding.IsFull; timeToLive++)
        {
            int count = CountAt(timeToLive);
            // Where the end must be is not yet where it is: a probe of that TTL has to show it.
            bool isAsked = _distance.End is not null || _byTimeToLive[timeToLive].Exists(probe => probe != _far);
            if (isAsked && (timeToLive > _distance.Sure || count >= (MayBeInCircle(timeToLive) ? 1 : WantedAt(timeToLive))))
            {
                continue;
            }

            long at = Math.Max(_pacing.Next, Pacing.NextTo(AskedAt(timeToLive)));
            if (at < best.At || (at == best.At && count < best.Count))
            {
                best = (timeToLive, at, count);
            }
        }

        return (best.TimeToLive, best.At);
    }

    /// <summary>The probes of a hop: of the end also those beyond it that it has answered, or may yet.</summary>
    private int CountAt(int timeToLive) => timeToLive == _distance.LikelyEnd
        ? _byTimeToLive[timeToLive].Count + _outstanding.All.Count(probe => probe.Probe.TimeToLive > timeToLive && (probe.IsOpen || probe.IsEnd))
        : _byTimeToLive[timeToLive].Count;

    // Nobody learns more of a circle by going around it again.
    private int WantedAt(int timeToLive) => Loop is null ? options.Queries : Math.Min(_byTimeToLive[timeToLive].Count, options.Queries);

    // Who answers for two hops may answer for many: what it has left to answer is for finding out whether it does.
    private bool MayBeInCircle(int timeToLive) => _distance.End is null && _distance.Passed < options.MaximumTimeToLive
        && _addresses[timeToLive] is { } address && _addresses.Count(other => other == address) > 1;

    /// <summary>When whoever is at this hop was asked: at this TTL or another, and the end by all that went beyond it. In nanoseconds, in order.</summary>
    public IEnumerable<long> AskedAt(int timeToLive)
    {
        PeerAddress? address = _addresses[timeToLive];
        return _outstanding.All
            .Where(probe => probe.Probe.TimeToLive == timeToLive
                || (timeToLive == _distance.LikelyEnd && probe.Probe.TimeToLive > timeToLive)
                || (address is not null && _addresses[probe.Probe.TimeToLive] == address))
            .Select(probe => probe.SentAt);
    }

    private long GivenUpAt(SentProbe probe) => probe.SentAt + (_distance.HasAnsweredBeyond(probe.Probe.TimeToLive) ? _waiting.Known : _waiting.Beyond);

    private long NextGivenUp()
    {
        long next = Deadline.None;
        foreach (SentProbe probe in _outstanding.All)
        {
            if (probe.IsOpen)
            {
                next = Math.Min(next, Math.Min(GivenUpAt(probe), PassedOverAt(probe)));
            }
        }

        return next;
    }

    /// <summary>When hops beyond are asked though this one has not answered, long before it is given up.</summary>
    private long PassedOverAt(SentProbe probe) => probe == _far || probe.Probe.TimeToLive <= _distance.Passed ? Deadline.None : probe.SentAt + _waiting.Known;

    private void GiveUp(long now)
    {
        foreach (SentProbe probe in _outstanding.All)
        {
            if (probe.IsOpen)
            {
                if (now >= PassedOverAt(probe))
                {
                    _distance.PassOver(probe.Probe.TimeToLive);
                }

                probe.IsGivenUp = now >= GivenUpAt(probe);
            }
        }
    }

    // A hop with several addresses has none of its own.
    private void NoteAddress(int timeToLive, PeerAddress from) =>
        _addresses[timeToLive] = _byTimeToLive[timeToLive].TrueForAll(probe => probe.Answer is null || probe.Answer.Value.From == from) ? from : null;

    private void FindLoop()
    {
        if (Loop is null && _distance.End is null && _distance.Farthest >= options.FirstTimeToLive)
        {
            Loop = RoutingLoop.Find(_addresses[options.FirstTimeToLive..(_distance.Farthest + 1)], options.FirstTimeToLive);
            if (Loop is not null)
            {
                _distance.SetEnd(_distance.Farthest);
            }
        }
    }

    private void Finish()
    {
        while (_done < (_distance.End ?? Math.Min(_distance.Passed, options.MaximumTimeToLive)) && CountAt(_done + 1) >= WantedAt(_done + 1) && !IsWaitedFor(_done + 1))
        {
            _done++;
            _events.Enqueue(new TraceEvent(TraceEventKind.HopDone, _done));
        }

        if (_done < (_distance.End ?? options.MaximumTimeToLive))
        {
            return;
        }

        Outcome = Loop is not null ? TraceOutcome.Loop
            : _outstanding.All.Any(probe => probe.Answer is { Kind: AnswerKind.Reached }) ? TraceOutcome.Reached
            : _distance.End is not null ? TraceOutcome.Unreachable
            : TraceOutcome.NotReached;
        _events.Enqueue(new TraceEvent(TraceEventKind.Ended, 0));
    }

    private bool IsWaitedFor(int timeToLive)
    {
        if (_byTimeToLive[timeToLive].Exists(probe => probe.IsOpen))
        {
            return true;
        }

        // What may have gone further to the end is waited for only where its answers are wanted.
        return timeToLive == _distance.End
            && _outstanding.All.Any(probe => probe.Probe.TimeToLive > timeToLive && probe.IsOpen)
            && _outstanding.All.Count(probe => probe.Probe.TimeToLive >= timeToLive && probe.IsEnd) < options.Queries;
    }
}
