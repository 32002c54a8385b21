using Roundtrip.Core;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Trace.Mtu;

/// <summary>
/// Finds the largest packet that comes to a path's end unfragmented (RFC 1191, RFC 8201): one probe as large as the own link takes, then as large as routers say. Where nobody says it and larger
/// packets vanish, the size is sought as RFC 4821 does, and then between which hops they do. One probe at a time; none of them is in a trace's statistics.
/// </summary>
public sealed class MtuEngine : ITraceEngine
{
    // A probe may be lost like any packet.
    private const int TriesToAsk = 3;
    private const int TriesToSeek = 2;

    // RFC 8200 section 5, RFC 791 section 3.2: less no link may take.
    private const int LeastOfV6 = 1280;
    private const int LeastOfV4 = 68;

    private readonly MtuOptions _options;
    private readonly Hop[] _answering;
    private readonly int _goal;
    private readonly Bucket[] _buckets;
    private readonly List<MtuStep> _steps = [];
    private readonly Dictionary<ushort, Probe> _sent = [];
    private Phase _phase;
    private Waiting _waiting;
    private ushort _nextId;
    private int _size;
    private int _timeToLive;
    private int _tries;
    private bool _isNarrower;
    private long? _askedAt;
    private long _lastAskedAt = long.MinValue;

    // The sizes that the search is between, and who said that the greater is too much: at a hop, if that is known.
    private int _passes;
    private int _fails;
    private PeerAddress? _saidBy;

    // What is asked when it is known where the last step is; 0 for nothing.
    private int _next;

    // The hops that what is too large comes to, and does not come to.
    private int _near;
    private int _far;

    private enum Phase
    {
        Ask,
        SeekSize,
        SeekHop,
        Done,
    }

    public MtuEngine(MtuOptions options)
    {
        _options = options;
        _answering = [.. options.Hops.Where(hop => !hop.IsSilent)];
        _goal = _answering.Length == 0 ? 0 : _answering[^1].TimeToLive;
        _waiting = new Waiting(options.MaximumWait);
        _buckets = [.. Enumerable.Range(0, _goal + 1).Select(_ => new Bucket())];
        foreach (Hop hop in _answering)
        {
            foreach (long at in hop.TimeToLive == _goal && options.LastAskedAt is { } asked ? asked : hop.Probes.Select(probe => probe.SentAt))
            {
                _buckets[hop.TimeToLive].Sent(at);
            }

            foreach (ProbeResult probe in hop.Probes.Where(probe => probe.Answer is not null))
            {
                _waiting.Note(probe.RoundTrip);
            }
        }

        (_nextId, _passes, _fails, _size, _timeToLive) = (options.FirstId, options.Passes, options.LinkMtu + 1, options.LinkMtu, _goal);
        _steps.Add(new MtuStep(options.Hops.Count == 0 ? 1 : options.Hops[0].TimeToLive, options.LinkMtu, null, false));
        _phase = _goal == 0 ? Phase.Done : Phase.Ask;
    }

    /// <inheritdoc/>
    public bool IsEnded => _phase == Phase.Done;

    /// <inheritdoc/>
    public long NextDeadline { get; private set; } = Deadline.None;

    /// <summary>What is known so far: packets of so many bytes come through, larger ones than the second do not.</summary>
    public (int Passes, int AtMost) Range => (_passes, Math.Min(_fails - 1, _steps[^1].Mtu));

    /// <summary>The MTU of the own link, and where it becomes less.</summary>
    public IReadOnlyList<MtuStep> Steps => _steps;

    /// <inheritdoc/>
    public bool TryNextProbe(long now, out Probe probe)
    {
        probe = default;
        if (_askedAt is { } at && now >= at + _waiting.Known)
        {
            _askedAt = null;
            NoteSilence();
        }

        NextDeadline = IsEnded ? Deadline.None : _askedAt is { } asked ? asked + _waiting.Known : MayAskAt;
        if (IsEnded || _askedAt is not null || now < NextDeadline)
        {
            return false;
        }

        probe = new Probe(_nextId, (byte)_timeToLive, 0) { Size = (ushort)_size };
        return true;
    }

    /// <inheritdoc/>
    public void Sent(in Probe probe, long at)
    {
        _sent[probe.Id] = probe;
        _nextId++;
        (_askedAt, _lastAskedAt) = (at, at);
    }

    /// <inheritdoc/>
    public bool Receive(in Answer answer)
    {
        // An answer that comes late tells nothing that has not been settled otherwise, unless the same is asked again.
        if (IsEnded || !_sent.TryGetValue(answer.ProbeId, out Probe probe) || probe.Flow != answer.Flow || probe.Size != _size || probe.TimeToLive != _timeToLive || _askedAt is null)
        {
            return false;
        }

        (_askedAt, _tries, _isNarrower) = (null, 0, true);
        NoteAnswered(probe, answer);
        if (answer.Kind == AnswerKind.TooBig)
        {
            NoteTooBig(probe, answer);
        }
        else
        {
            NotePassed();
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryReadEvent(out TraceEvent happened)
    {
        happened = new TraceEvent(TraceEventKind.Narrowed, _timeToLive);
        (bool isNew, _isNarrower) = (_isNarrower, false);
        return isNew;
    }

    // Whoever is to answer shall be able to: the probe may find any router on its way too small. Before silence is believed where somebody should speak, one that has spent its answers gets another.
    private long MayAskAt => Math.Max(
        _buckets.Take(_options.IsTargetLimited ? _timeToLive + 1 : Math.Min(_timeToLive + 1, _goal)).Max(bucket => bucket.Next),
        _phase == Phase.Ask && _tries == TriesToAsk - 1 ? _lastAskedAt + Pacing.Refill : long.MinValue);

    private void NoteAnswered(in Probe probe, in Answer answer)
    {
        int hop = answer.Kind == AnswerKind.TooBig ? HopOf(probe, answer) : probe.TimeToLive;
        if (hop > 0)
        {
            _buckets[hop].Sent(answer.At);
        }
    }

    private void NoteSilence()
    {
        // The answer may have been given and lost; where it is the packet that vanishes, it costs nobody one.
        if (_phase == Phase.Ask)
        {
            _buckets[_timeToLive].Sent(_lastAskedAt);
        }

        _tries++;
        if (_tries < (_phase == Phase.Ask ? TriesToAsk : TriesToSeek))
        {
            return;
        }

        (_tries, _isNarrower) = (0, true);
        if (_phase == Phase.SeekHop)
        {
            _far = _timeToLive;
            SeekHop();
        }
        else
        {
            _fails = _size;
            SeekSize();
        }
    }

    private void NotePassed()
    {
        switch (_phase)
        {
            case Phase.Ask:
                _phase = Phase.Done;
                break;

            case Phase.SeekSize:
                _passes = _size;
                SeekSize();
                break;

            default:
                _near = _timeToLive;
                SeekHop();
                break;
        }
    }

    private void NoteTooBig(in Probe probe, in Answer answer)
    {
        if (_phase == Phase.SeekHop)
        {
            _far = _timeToLive;
            SeekHop();
            return;
        }

        _saidBy = answer.From;
        _near = HopOf(probe, answer);
        if (answer.Mtu < _size && answer.Mtu > _passes && answer.Mtu >= (_options.IsV6 ? LeastOfV6 : LeastOfV4))
        {
            _next = answer.Mtu;
            if (_near >= 0)
            {
                AskNext(_near + 1);
            }
            else
            {
                (_phase, _near, _far) = (Phase.SeekHop, 0, _goal);
                SeekHop();
            }

            return;
        }

        // RFC 1191 section 5: routers of old say no number; what others say cannot be.
        _fails = _size;
        SeekSize();
    }

    /// <summary>The router's place: by its address, else by the TTL that it quotes, which some routers have taken one from already; -1 where neither tells, 0 for this machine.</summary>
    private int HopOf(in Probe probe, in Answer answer)
    {
        PeerAddress from = answer.From;
        if (from == default)
        {
            return 0;
        }

        int byQuote = probe.TimeToLive - answer.QuotedTimeToLive + 1;
        return Array.Find(_answering, hop => hop.Addresses.Contains(from))?.TimeToLive ?? (answer.QuotedTimeToLive > 0 && byQuote >= 1 && byQuote < _goal ? byQuote : -1);
    }

    private void SeekSize()
    {
        _phase = Phase.SeekSize;
        if (_fails - _passes > 1)
        {
            _size = UsualSizes.Between(_passes, _fails) ?? (_fails + _passes) / 2;
            return;
        }

        if (_saidBy is not null && _near >= 0)
        {
            AddStep(_near + 1, _passes);
            _phase = Phase.Done;
            return;
        }

        // What is a byte too large comes to some hop, and to no other.
        (_phase, _size, _near, _far) = (Phase.SeekHop, _passes + 1, 0, _goal);
        SeekHop();
    }

    private void SeekHop()
    {
        Hop[] between = [.. _answering.Where(hop => hop.TimeToLive > _near && hop.TimeToLive < _far)];
        if (between.Length > 0)
        {
            _timeToLive = between[between.Length / 2].TimeToLive;
            return;
        }

        if (_next > 0)
        {
            AskNext(_far);
            return;
        }

        AddStep(_far, _passes);
        _phase = Phase.Done;
    }

    private void AskNext(int timeToLive)
    {
        AddStep(timeToLive, _next);
        (_phase, _size, _timeToLive, _next) = (Phase.Ask, _next, _goal, 0);
    }

    private void AddStep(int timeToLive, int mtu)
    {
        var step = new MtuStep(timeToLive, mtu, _saidBy == default(PeerAddress) ? null : _saidBy, IsSilent: _saidBy is null);
        if (_steps[^1].TimeToLive >= timeToLive)
        {
            _steps.RemoveAt(_steps.Count - 1);
        }

        _steps.Add(step);
        _saidBy = null;
    }
}
