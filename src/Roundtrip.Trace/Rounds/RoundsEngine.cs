using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Rounds;

/// <summary>
/// A trace that goes on: round after round each hop is asked once, as far as it can be expected to answer. A round does not wait for the answers of the one before. It follows a path that
/// becomes longer or shorter.
/// </summary>
public sealed class RoundsEngine(TraceOptions options, RoundOptions rounds) : ITraceEngine
{
    // Where nobody is known to be, somebody may come to be.
    private const int LooksBeyond = 4;

    private readonly RecentProbes _recent = new();
    private readonly List<RoundProbe> _open = [];
    private readonly HopRecord[] _hops = [.. Enumerable.Range(0, options.MaximumTimeToLive + 1).Select(_ => new HopRecord())];
    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, options.MaximumTimeToLive + 1).Select(_ => new Bucket())];
    private readonly bool[] _isAsked = new bool[options.MaximumTimeToLive + 1];
    private readonly bool[] _isSearched = new bool[options.MaximumTimeToLive + 1];
    private readonly Queue<TraceEvent> _events = new();
    private Distance _distance = new(options);
    private Waiting _waiting = new(options.MaximumWait);
    private Pacing _pacing;
    private bool _hasAskedFar;
    private bool _isPaused;
    private long _nextRound = long.MinValue;

    /// <inheritdoc/>
    public bool IsEnded { get; private set; }

    /// <summary>Rounds begun.</summary>
    public int Round { get; private set; }

    /// <summary>Whether the path ends at the target, by the last answer of its end.</summary>
    public bool IsReached { get; private set; }

    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; private set; }

    /// <summary>Answers that were refused: duplicates, and what quotes no probe of this trace.</summary>
    public int Refused { get; private set; }

    /// <inheritdoc/>
    public long NextDeadline { get; private set; } = Deadline.None;

    /// <summary>The hops up to the end; where that is not known, up to the farthest that has answered.</summary>
    public IReadOnlyList<RoundHop> Hops
    {
        get
        {
            HopRecord[] records = _hops[options.FirstTimeToLive..(Math.Max(_distance.End ?? _distance.Farthest, options.FirstTimeToLive - 1) + 1)];
            double[] lost = Loss.OnTheWay([.. records.Select(record => record.Unanswered)]);
            return [.. records.Select((record, i) => record.At(options.FirstTimeToLive + i, lost[i]))];
        }
    }

    // The whole way is searched once; then only a little beyond those that answer, since the end may have no answer for us at all.
    private int Last => _distance.End ?? (Loop is { } loop ? loop.First + loop.Length - 1 : IsSearching ? _distance.Reach : Math.Min(_distance.Farthest + LooksBeyond, options.MaximumTimeToLive));

    private bool IsSearching => _distance.End is null && _distance.Passed < options.MaximumTimeToLive;

    /// <summary>Sends nothing until it is resumed; what is under way is still waited for.</summary>
    public void Pause(bool isPaused) => _isPaused = isPaused;

    /// <summary>Begins to count again. What is under way counts no more.</summary>
    public void Reset()
    {
        _recent.Clear();
        _open.Clear();
        for (int i = 0; i < _hops.Length; i++)
        {
            _hops[i] = new HopRecord();
        }
    }

    /// <inheritdoc/>
    public bool TryNextProbe(long now, out Probe probe)
    {
        GiveUp(now);
        (int timeToLive, long at) = _isPaused || IsEnded ? (0, Deadline.None) : Choose(now);
        if (at == Deadline.None && Round == rounds.Count && _open.Count == 0 && !IsEnded)
        {
            IsEnded = true;
            _events.Enqueue(new TraceEvent(TraceEventKind.Ended, 0));
        }

        if (at <= now)
        {
            ushort id = _recent.NextId;
            probe = new Probe(id, (byte)timeToLive, options.VariesFlow ? (ushort)(1 + id % RecentProbes.Kept) : (ushort)0);
            return true;
        }

        probe = default;
        NextDeadline = IsEnded ? Deadline.None : Math.Min(Math.Min(at, NextGivenUp()), _isPaused || Round == rounds.Count ? Deadline.None : _nextRound);
        return false;
    }

    /// <inheritdoc/>
    public void Sent(in Probe probe, long at)
    {
        bool isFar = !_hasAskedFar && _distance.AsksFar;
        _hasAskedFar = true;
        _isAsked[probe.TimeToLive] |= !isFar;
        _isSearched[probe.TimeToLive] |= !isFar;
        _buckets[probe.TimeToLive].Sent(at);
        _pacing.Sent(at);
        var sent = new RoundProbe(new SentProbe(probe, at), isFar ? 0 : _hops[probe.TimeToLive].NoteSent(), isFar);
        _recent.Add(sent);
        _open.Add(sent);
    }

    /// <inheritdoc/>
    public bool Receive(in Answer answer)
    {
        RoundProbe? probe = IsEnded ? null : _recent.Match(answer);
        if (probe is null)
        {
            Refused++;
            return false;
        }

        _open.Remove(probe);
        _waiting.Note(probe.Sent.Result.RoundTrip);
        NoteDistance(probe, answer.At);
        if (!probe.IsFar)
        {
            _hops[probe.Sent.Probe.TimeToLive].NoteAnswer(probe);
        }

        FindLoop();

        _events.Enqueue(new TraceEvent(TraceEventKind.Answered, Math.Min(probe.Sent.Probe.TimeToLive, _distance.End ?? int.MaxValue)));
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadEvent(out TraceEvent happened) => _events.TryDequeue(out happened);

    /// <summary>The nearest hop that this round has not asked, and from when on it may be. One whose bucket is empty sits the round out: it would not answer, and that is no loss.</summary>
    private (int TimeToLive, long At) Choose(long now)
    {
        if (!_hasAskedFar && _distance.AsksFar)
        {
            Round = 1;
            _nextRound = now + rounds.Interval;
            return (options.MaximumTimeToLive, long.MinValue);
        }

        if (now >= _nextRound && Round != rounds.Count)
        {
            Round++;
            _nextRound = now + rounds.Interval;
            Array.Clear(_isAsked);
        }

        for (int timeToLive = options.FirstTimeToLive; timeToLive <= Last; timeToLive++)
        {
            bool mayAnswer = _buckets[timeToLive].Next <= now || (timeToLive == _distance.End && !rounds.IsTargetLimited);

            // What is sent beyond the end comes to the end: not more of it than the search needs.
            bool isBeyond = IsSearching && timeToLive > _distance.Farthest && _isSearched[timeToLive];
            _isAsked[timeToLive] |= !mayAnswer || isBeyond;
            if (!_isAsked[timeToLive])
            {
                return (timeToLive, _pacing.Next);
            }
        }

        return (0, Deadline.None);
    }

    private void FindLoop() => Loop = _distance.End is not null || _distance.Farthest < options.FirstTimeToLive
        ? null
        : RoutingLoop.Find([.. _hops[options.FirstTimeToLive..(_distance.Farthest + 1)].Select(record => record.Address)], options.FirstTimeToLive);

    private void NoteDistance(RoundProbe probe, long now)
    {
        int? before = _distance.LikelyEnd;
        int timeToLive = probe.Sent.Probe.TimeToLive;
        if (!probe.IsFar && !probe.Sent.IsEnd && timeToLive >= _distance.End)
        {
            // The path has become longer: its end is searched from here on.
            _distance = new Distance(options);
            Array.Clear(_isSearched);
            IsReached = false;
        }

        _distance.Note(probe.Sent, probe.IsFar);
        if (_distance.LikelyEnd is { } end && end != before)
        {
            // What was sent as if to hops beyond has come to the end.
            for (int beyond = end + 1; beyond <= options.MaximumTimeToLive; beyond++)
            {
                _buckets[end].Join(_buckets[beyond], now);
            }
        }

        if (probe.Sent.IsEnd && timeToLive == _distance.End)
        {
            IsReached = probe.Sent.Answer is { Kind: AnswerKind.Reached };
        }
    }

    private long GivenUpAt(RoundProbe probe) =>
        probe.Sent.SentAt + (_distance.HasAnsweredBeyond(probe.Sent.Probe.TimeToLive) ? _waiting.Known : _waiting.Beyond);

    private long PassedOverAt(RoundProbe probe) => probe.IsFar || probe.Sent.Probe.TimeToLive <= _distance.Passed ? Deadline.None : probe.Sent.SentAt + _waiting.Known;

    private long NextGivenUp() => _open.Count == 0 ? Deadline.None : _open.Min(probe => Math.Min(GivenUpAt(probe), PassedOverAt(probe)));

    private void GiveUp(long now)
    {
        for (int i = 0; i < _open.Count; i++)
        {
            RoundProbe probe = _open[i];
            int timeToLive = probe.Sent.Probe.TimeToLive;
            if (now >= PassedOverAt(probe))
            {
                _distance.PassOver(timeToLive);
            }

            if (now >= GivenUpAt(probe))
            {
                probe.Sent.IsGivenUp = true;
                _open.RemoveAt(i--);
                if (!probe.IsFar)
                {
                    _hops[timeToLive].NoteGivenUp(probe);
                }
            }
        }
    }
}
