using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Paths;

/// <summary>
/// Every parallel path to a host. Flows are asked for at all hops at once, some more at each hop that shows more routers, until it is unlikely that one is missing: the whole takes a few round
/// trips, and where routers limit their answers the seconds that these take.
/// </summary>
public sealed class PathsEngine : ITraceEngine
{
    // Next to flow 0's port, and nobody else's.
    private const ushort FarFlow = ushort.MaxValue;

    private readonly PathsOptions _options;
    private readonly TraceOptions _trace;
    private readonly Outstanding _outstanding = new();
    private readonly List<SentProbe> _open = [];
    private readonly Queue<TraceEvent> _events = new();
    private readonly Distance _distance;
    private readonly FlowTable _table;
    private readonly PathSearch _search;
    private Waiting _waiting;
    private Pacing _pacing;
    private SentProbe? _far;
    private bool _isFarAwaited;
    private int _farTakenOverAt;
    private bool _hasNews = true;
    private bool _isOver;

    public PathsEngine(PathsOptions options)
    {
        (_options, _trace) = (options, options.Trace);
        _distance = new Distance(_trace);
        _table = new FlowTable(_trace);
        _search = new PathSearch(_table, options);
        _waiting = new Waiting(_trace.MaximumWait);
    }

    /// <inheritdoc/>
    public bool IsEnded => Outcome != TraceOutcome.Running;

    public TraceOutcome Outcome { get; private set; }

    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; private set; }

    /// <summary>Answers that were refused: duplicates, and what quotes no probe of this trace.</summary>
    public int Refused { get; private set; }

    /// <summary>Probes sent.</summary>
    public int Probes => _outstanding.All.Count;

    /// <inheritdoc/>
    public long NextDeadline { get; private set; } = Deadline.None;

    /// <summary>What is known so far.</summary>
    public PathGraph Graph => PathGraph.Of(_table, _trace.FirstTimeToLive, isWhole: IsEnded && !_search.IsCutShort && !IsSpent);

    private bool IsSpent => _outstanding.IsFull || Probes >= _options.MaximumProbes || _isOver;

    private long EndsAt => Probes == 0 ? Deadline.None : _outstanding.All[0].SentAt + _options.LongestSearch;

    private int NearestEnd => _distance.LikelyEnd ?? int.MaxValue;

    /// <inheritdoc/>
    public bool TryNextProbe(long now, out Probe probe)
    {
        probe = default;
        if (IsEnded)
        {
            return false;
        }

        if (Probes == 0 && _distance.AsksFar)
        {
            probe = new Probe(_outstanding.NextId, _trace.MaximumTimeToLive, _options.EndsFlowsLast ? FarFlow : (ushort)0);
            return true;
        }

        _isOver = now >= EndsAt;
        GiveUp(now);
        Ask(now);
        (FlowHop? hop, Sighting? sighting, long at) = IsSpent ? default : Choose();
        if (sighting is not null && at <= now)
        {
            probe = new Probe(_outstanding.NextId, (byte)hop!.TimeToLive, sighting.Flow);
            return true;
        }

        if (sighting is null && _open.Count == 0)
        {
            Finish();
        }

        NextDeadline = IsEnded ? Deadline.None : Math.Min(sighting is null ? Deadline.None : Math.Min(at, EndsAt), NextGivenUp());
        return false;
    }

    /// <inheritdoc/>
    public void Sent(in Probe probe, long at)
    {
        SentProbe sent = _outstanding.Add(probe, at);
        _open.Add(sent);
        _pacing.Sent(at);
        if (_far is null && _distance.AsksFar)
        {
            (_far, _isFarAwaited) = (sent, true);
            return;
        }

        _table.At(probe.TimeToLive).Sent(sent);
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

        _open.Remove(probe);
        _waiting.Note(probe.Result.RoundTrip);
        _distance.Note(probe, isFar: probe == _far);
        _hasNews = true;
        if (probe == _far)
        {
            TakeOverFar(probe);
            return true;
        }

        int timeToLive = probe.Probe.TimeToLive;
        _table.At(timeToLive).Answered(probe);
        if (probe.IsEnd)
        {
            _table.NoteEnd(probe.Probe.Flow, timeToLive);
        }

        if (timeToLive == _farTakenOverAt)
        {
            ConfirmFar(probe.IsEnd);
        }

        FindLoop();
        _events.Enqueue(new TraceEvent(TraceEventKind.Answered, timeToLive));
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadEvent(out TraceEvent happened) => _events.TryDequeue(out happened);

    // Where the end is likely to be it need not answer for this flow once more: its answers are as few as a router's. Other flows show whether it is there.
    private void TakeOverFar(SentProbe probe)
    {
        if (probe.IsEnd && _distance.LikelyEnd is { } end && end >= _trace.FirstTimeToLive && probe.Probe.Flow != FarFlow)
        {
            _table.At(end).TakeOver(probe);
            _farTakenOverAt = end;
        }
    }

    private void ConfirmFar(bool isEnd)
    {
        if (isEnd)
        {
            _table.NoteEnd(_far!.Probe.Flow, _farTakenOverAt);
        }
        else
        {
            _table.At(_farTakenOverAt).Forget(_far!.Probe.Flow);
        }

        _farTakenOverAt = 0;
    }

    private void Ask(long now)
    {
        if (!_hasNews)
        {
            return;
        }

        _hasNews = false;
        int end = Loop is null ? NearestEnd : int.MaxValue;
        _table.Extend(_distance.LikelyEnd ?? _distance.Farthest, mayBeLonger: Loop is null && _distance.End is not null);
        if (Loop is null)
        {
            AskForDistance();
        }

        _search.Ask(end, now);
    }

    private void AskForDistance()
    {
        // The first probe's answer tells more than going on step by step, which might ask the end in vain.
        int reach = _isFarAwaited ? Math.Min(_distance.Reach, _trace.FirstTimeToLive + Distance.FirstWindow - 1) : _distance.Reach;
        for (int timeToLive = _trace.FirstTimeToLive; timeToLive <= reach; timeToLive++)
        {
            if (_table.At(timeToLive).Find(0) is null && !_table.EndsAt(0, timeToLive - 1))
            {
                _table.At(timeToLive).Ask(0);
            }
        }
    }

    /// <summary>The flow that is asked for next: the one that may be soonest, and of several the lowest, so that all hops come on alike.</summary>
    private (FlowHop? Hop, Sighting? Sighting, long At) Choose()
    {
        (FlowHop? Hop, Sighting? Sighting, long At) best = (null, null, Deadline.None);
        foreach (FlowHop hop in _table.All)
        {
            (Sighting? sighting, long at) = hop.Next(sighting => MaySend(hop, sighting));
            at = Math.Max(at, _pacing.Next);
            if (sighting is not null && (best.Sighting is null || at < best.At || (at == best.At && sighting.Flow < best.Sighting.Flow)))
            {
                best = (hop, sighting, at);
            }
        }

        return best;
    }

    private bool MaySend(FlowHop hop, Sighting sighting)
    {
        if (!_options.EndsFlowsLast || hop.TimeToLive < NearestEnd)
        {
            return true;
        }

        for (int timeToLive = _trace.FirstTimeToLive; timeToLive < hop.TimeToLive; timeToLive++)
        {
            if (_table.At(timeToLive).Find(sighting.Flow) is { } nearer && (nearer.IsQueued || nearer.IsOpen))
            {
                return false;
            }
        }

        return true;
    }

    private long GivenUpAt(SentProbe probe) => probe.SentAt + (_distance.HasAnsweredBeyond(probe.Probe.TimeToLive) ? _waiting.Known : _waiting.Beyond);

    /// <summary>When hops beyond are asked though this one has not answered, long before it is given up.</summary>
    private long PassedOverAt(SentProbe probe) => probe == _far || probe.Probe.TimeToLive <= _distance.Passed || _table.At(probe.Probe.TimeToLive).IsAnswering ? Deadline.None : probe.SentAt + _waiting.Known;

    private long FarAwaitedUntil => _isFarAwaited ? _far!.SentAt + _waiting.Known : Deadline.None;

    private long NextGivenUp() => _open.Select(probe => Math.Min(GivenUpAt(probe), PassedOverAt(probe))).Append(FarAwaitedUntil).Min();

    private void GiveUp(long now)
    {
        if (_isFarAwaited && (!_far!.IsOpen || now >= FarAwaitedUntil))
        {
            (_isFarAwaited, _hasNews) = (false, true);
        }

        foreach (SentProbe probe in _open)
        {
            if (now >= PassedOverAt(probe))
            {
                _distance.PassOver(probe.Probe.TimeToLive);
                _hasNews = true;
            }

            probe.IsGivenUp = now >= GivenUpAt(probe);
        }

        _hasNews |= _open.RemoveAll(probe => probe.IsGivenUp) > 0;
    }

    private void FindLoop()
    {
        if (Loop is null && _distance.End is null && _distance.Farthest >= _trace.FirstTimeToLive)
        {
            PeerAddress?[] addresses = [.. Enumerable.Range(_trace.FirstTimeToLive, _distance.Farthest - _trace.FirstTimeToLive + 1).Select(timeToLive => _table.At(timeToLive).RouterOf(0)?.Address)];
            Loop = RoutingLoop.Find(addresses, _trace.FirstTimeToLive);
            if (Loop is not null)
            {
                _distance.SetEnd(_distance.Farthest);
            }
        }
    }

    private void Finish()
    {
        Outcome = Loop is not null ? TraceOutcome.Loop
            : _outstanding.All.Any(probe => probe.Answer is { Kind: AnswerKind.Reached }) ? TraceOutcome.Reached
            : _distance.End is not null ? TraceOutcome.Unreachable
            : TraceOutcome.NotReached;
        _events.Enqueue(new TraceEvent(TraceEventKind.Ended, 0));
    }
}
