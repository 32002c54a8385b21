using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Http2;

/// <summary>
/// One end of an HTTP/2 connection (RFC 9113): what both roles share. <see cref="Http2ServerConnection"/> and <see cref="Http2ClientConnection"/> say what a header section means.
/// This file has the driver's calls; beside it, in the order of a frame's way: .Receiving (frames in), .Headers (header blocks), .Streams (their life),
/// .Sending (frames out), .Settings, .Ending (errors, GOAWAY, the end) and .Deadlines.
/// </summary>
public abstract partial class Http2Connection : IConnectionEngine
{
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private RecentResets _resets;
    private readonly long _began;
    private ConnectionPhase _phase = ConnectionPhase.Preface;
    private ConnectionClose _closing;
    private EndReason _whyClose;
    private bool _isRunning;
    private bool _inputEnded;

    private protected Http2Connection(IEngineHost host, Http2Resources resources, Http2Limits limits)
    {
        (Host, Resources, Limits) = (host, resources, limits);
        Scheduler = new ConnectionScheduler(limits.MaxSessionStreams);
        _resets = new RecentResets(limits.MaxSessionStreams);
        _longestData = limits.MaxDataFrameLength == 0 ? LongestData : Math.Min(limits.MaxDataFrameLength, LongestData);
        _began = _lastReceived = host.Now;
        _receiveWindow = new ReceiveWindow(SendWindow.Initial);
        _bandwidth = new BandwidthEstimate(limits.MaxWindowSize);
        Arm(host.Limits.Head.DeadlineAt(host.Now, 0));
    }

    private enum ConnectionPhase : byte
    {
        /// <summary>The peer's preface has not come whole (RFC 9113 section 3.4).</summary>
        Preface,

        /// <summary>The first frame, which must be SETTINGS, has not come.</summary>
        FirstSettings,

        Open,

        /// <summary>No frame is read any more.</summary>
        Over,
    }

    public long NextDeadline => _phase == ConnectionPhase.Over ? Deadline.None : _deadline;

    public ConnectionClose Closing => _closing;

    public EndReason ClosingReason => _whyClose;

    // What is queued are frames that we must send: a peer that does not take them may not make us queue more.
    public bool WantsInput => !_inputEnded && _phase != ConnectionPhase.Over && Host.OutputLength < Http2Limits.UnsentControl;

    internal IEngineHost Host { get; }

    internal Http2Resources Resources { get; }

    internal Http2Limits Limits { get; }

    private protected ConnectionScheduler Scheduler { get; }

    private protected abstract bool IsServer { get; }

    /// <summary>Whether frames are still read and written.</summary>
    private protected bool IsUsable => _phase != ConnectionPhase.Over && !_inputEnded;

    private protected IReadOnlyCollection<Http2Stream> Streams => _streams.Values;

    private protected Http2Stream? FindStream(int streamId) => _streams.GetValueOrDefault(streamId);

    public void Receive(long now)
    {
        _lastReceived = now;
        _isRunning = true;
        try
        {
            while (TryReadFrame(now))
            {
            }
        }
        finally
        {
            _isRunning = false;
        }
    }

    public void ReceiveEnd(long now)
    {
        _inputEnded = true;
        if (_phase == ConnectionPhase.Over)
        {
            return;
        }

        // A half-close: what was asked for whole can still be answered, as far as the windows go; what was not never will be.
        _isRunning = true;
        while (TryReadFrame(now))
        {
        }

        _isPeerLeaving = true;
        foreach (Http2Stream stream in _streams.Values.Where(stream => !stream.IsIncomingEnded).ToArray())
        {
            CloseStream(stream, PeerError(EndReason.TruncatedBody, ErrorCode.Cancel));
        }

        CloseIfDone();
        _isRunning = false;
    }

    public void Drained(long now)
    {
        if (_phase != ConnectionPhase.Over)
        {
            // What was left in the input when too much waited to be sent.
            _isRunning = true;
            while (TryReadFrame(now))
            {
            }

            CloseIfDone();
            _isRunning = false;
        }
    }

    public void Stop(long now)
    {
        if (_phase != ConnectionPhase.Over)
        {
            _isRunning = true;
            BeginGoAway(EndReason.ServerStopping);
            foreach (Http2Stream stream in _streams.Values.ToArray())
            {
                TellStopping(stream);
            }

            _isRunning = false;
        }
    }

    public void Ended(EndReason reason)
    {
        _isRunning = true;
        _phase = ConnectionPhase.Over;
        EndStreams(reason);
        ReleaseHeaderBlock();
        _isRunning = false;
    }

    /// <summary>Says that output or deadlines changed: a handler that was called by the driver's call need not wake the driver.</summary>
    internal void Changed()
    {
        if (!_isRunning)
        {
            Host.Wake();
        }
    }
}
