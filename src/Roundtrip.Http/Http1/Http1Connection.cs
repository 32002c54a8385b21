using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>
/// The server's side of an HTTP/1 connection (RFC 9112; RFC 1945 for 0.9). It reads straight from <see cref="IEngineHost.Input"/>, has
/// one exchange at a time, answers pipelined requests in their order, and while it is idle holds neither an exchange nor a buffer.
/// This file has the driver's calls and the way from one phase to the next; Http1Connection.Ends.cs has how exchanges and connections end, Http1Connection.Http2.cs how
/// a connection leaves for HTTP/2.
/// </summary>
public sealed partial class Http1Connection : IConnectionEngine
{
    private readonly IConnectionHost _host;
    private readonly Http1Resources _resources;
    private Http1Exchange? _exchange;
    private long _deadline;

    // When the head's time began: with the connection for the first request, with their first byte for the others.
    private long _headBegan;
    private int _requests;
    private Http1Phase _phase;

    // Why the connection will not outlive the exchange, or why it closes; None while it persists.
    private EndReason _whyClose;
    private ConnectionClose _closing;
    private bool _isRunning;
    private bool _inputEnded;
    private bool _isStopping;
    private bool _skippedEmptyLine;

    public Http1Connection(IConnectionHost host, Http1Resources resources)
    {
        _host = host;
        _resources = resources;
        _headBegan = host.Now;
        _deadline = host.Limits.Head.DeadlineAt(_headBegan, 0);
    }

    public long NextDeadline => _deadline;

    public ConnectionClose Closing => _closing;

    public EndReason ClosingReason => _closing == ConnectionClose.None ? EndReason.None : _whyClose;

    public bool WantsInput => !_inputEnded && _phase switch
    {
        Http1Phase.Idle or Http1Phase.Head or Http1Phase.Discarding => true,
        Http1Phase.Exchange => _exchange!.WantsInput,
        _ => false,
    };

    public bool WatchesEnd => !_inputEnded && _phase == Http1Phase.Exchange && _exchange!.IsWholeForWhoMayLeave;

    internal IConnectionHost Host => _host;

    internal bool Persists => _whyClose == EndReason.None;

    internal bool InputEnded => _inputEnded;

    internal bool IsStopping => _isStopping;

    public bool EndsOutput { get; private set; }

    public void Receive(long now) => Run(now);

    public void ReceiveEnd(long now)
    {
        _inputEnded = true;
        Run(now);
    }

    public void Drained(long now)
    {
        if (_host.OutputLength > IConnectionEngine.LowWater)
        {
            return;
        }

        _isRunning = true;
        try
        {
            if (_phase == Http1Phase.Draining && (!_exchange!.SendsFile || _host.OutputLength == 0))
            {
                Finish(EndReason.Completed);
            }
            else if (_phase == Http1Phase.Exchange)
            {
                _exchange!.OnDrained();
            }

            RunSteps(now);
        }
        finally
        {
            _isRunning = false;
        }
    }

    public void Stop(long now)
    {
        _isStopping = true;
        if (_phase == Http1Phase.Idle)
        {
            Over(_host.Input.Length == 0 ? ConnectionClose.Close : ConnectionClose.Linger, EndReason.ServerStopping);
        }
        else
        {
            DoNotPersist(EndReason.ServerStopping);
            if (_phase == Http1Phase.Exchange)
            {
                _isRunning = true;
                _exchange!.Handler?.OnStopping(_exchange);
                _isRunning = false;
            }
        }
    }

    // Called by the exchange when its handler has completed it: the next request may stand in the input already.
    internal void ResponseCompleted()
    {
        if (!_exchange!.IsBodyDone && Persists)
        {
            _phase = Http1Phase.Discarding;
        }
        else
        {
            FinishWhenSent();
        }

        if (!_isRunning)
        {
            Run(_host.Now);
        }

        Changed();
    }

    // Called by the exchange after it wrote or read: a handler that was called by the driver's call need not wake the driver.
    internal void Changed()
    {
        if (!_isRunning)
        {
            _host.Wake();
        }
    }

    // Called by the exchange of a tunnel whose handler sends no more.
    internal void EndOutput()
    {
        EndsOutput = true;
        Changed();
    }

    internal void DoNotPersist(EndReason reason)
    {
        if (Persists)
        {
            _whyClose = reason;
            _exchange?.SayClose();
        }
    }

    // The request's host is known, and nothing has been answered.
    internal void UseLimits(HttpLimits limits)
    {
        _host.UseLimits(limits);
        DecidePersistence(_exchange!, limits);
    }

    // Moving a deadline is an assignment: the driver looks at it after each call.
    internal void AwaitBodyUntil(long deadline) => _deadline = deadline;

    private void Run(long now)
    {
        _isRunning = true;
        try
        {
            RunSteps(now);
        }
        finally
        {
            _isRunning = false;
        }
    }

    private void RunSteps(long now)
    {
        bool goesOn;
        do
        {
            goesOn = _phase switch
            {
                Http1Phase.Idle => BeginHead(now),
                Http1Phase.Head => ContinueHead(now),
                Http1Phase.Exchange => OfferBody(now),
                Http1Phase.Discarding => DiscardBody(now),
                _ => false,
            };
        }
        while (goesOn);
    }

    private bool BeginHead(long now)
    {
        ref InputBuffer input = ref _host.Input;
        if (_inputEnded && (input.Length == 0 || (input.Length == 1 && input.Unread[0] == (byte)'\r')))
        {
            Over(ConnectionClose.Close, EndReason.PeerClosed);
            return false;
        }

        if (input.Length == 0)
        {
            return false;
        }

        if (TryBeginHttp2(input.Unread))
        {
            return false;
        }

        // RFC 9112 §2.2: at least one empty line before a request line SHOULD be ignored: old clients send one after a body. One is.
        if (input.Unread[0] == (byte)'\r' && !_skippedEmptyLine)
        {
            if (input.Length == 1)
            {
                return false;
            }

            if (input.Unread[1] == (byte)'\n')
            {
                input.Consume(2);
                _skippedEmptyLine = true;
                return true;
            }
        }

        _skippedEmptyLine = false;
        if (_requests > 0)
        {
            _headBegan = now;
        }

        _exchange = _resources.Rent();
        _exchange.Begin(this, now, _requests);
        _phase = Http1Phase.Head;
        return true;
    }

    private bool ContinueHead(long now)
    {
        Http1Exchange exchange = _exchange!;
        HttpLimits limits = _host.Limits;
        if (!exchange.TryReadHead(ref _host.Input, limits, out EndReason error))
        {
            if (_inputEnded)
            {
                Refuse(EndReason.TruncatedHead);
            }
            else
            {
                _deadline = limits.Head.DeadlineAt(_headBegan, _host.Input.Length);
            }

            return false;
        }

        _requests++;
        if (error != EndReason.None)
        {
            Refuse(error);
            return false;
        }

        StartExchange(exchange, limits);
        return true;
    }

    private void StartExchange(Http1Exchange exchange, HttpLimits limits)
    {
        _deadline = Deadline.None;
        _phase = Http1Phase.Exchange;
        DecidePersistence(exchange, limits);

        if (TryUpgradeToHttp2(exchange))
        {
            return;
        }

        uint generation = exchange.Generation;
        _host.Start(exchange);

        // A handler that did not answer at once: the head moves out of the input, so that the body is what the input holds.
        if (exchange.Generation == generation && exchange.IsOpen)
        {
            if (exchange.Handler is null)
            {
                exchange.Abort(EndReason.HandlerFailed);
            }
            else
            {
                exchange.DetachHead();
            }
        }
    }

    private void DecidePersistence(Http1Exchange exchange, HttpLimits limits) =>
        _whyClose = Persistence.WhyClose(exchange.Request.Version, exchange.Options, limits, _requests, _isStopping);

    // Tells a handler that waits for the body that there is more of it, or that there never will be.
    private bool OfferBody(long now)
    {
        Http1Exchange exchange = _exchange!;
        if (_inputEnded && exchange.IsWholeForWhoMayLeave)
        {
            Leave();
            return false;
        }

        if (!exchange.IsWaitingForBody)
        {
            return false;
        }

        if (_host.Input.Length > exchange.InputWhenWaiting)
        {
            _deadline = Deadline.None;
            exchange.OfferBody(now);
            return true;
        }

        if (_inputEnded && exchange.IsTunnel)
        {
            // A half-close: the other way goes on.
            exchange.OfferBody(now);
            return true;
        }

        if (_inputEnded)
        {
            Fail(EndReason.TruncatedBody, Refusal.StatusOf(EndReason.TruncatedBody), ErrorOrigin.Peer);
        }

        return false;
    }

    private bool DiscardBody(long now)
    {
        Http1Exchange exchange = _exchange!;
        switch (exchange.DiscardBody(ref _host.Input, now, out EndReason error))
        {
            case BodyStep.End:
                _deadline = Deadline.None;
                FinishWhenSent();
                return true;

            case BodyStep.Incomplete when !_inputEnded:
                return false;

            case BodyStep.Error:
                Report(error, 0, ErrorOrigin.Peer);
                EndDiscarding(error);
                return false;

            // Too much of it, or no end of it: what follows cannot be told from the body, so nothing that follows is read.
            default:
                EndDiscarding(EndReason.Completed);
                return false;
        }
    }

    private void EndDiscarding(EndReason reason)
    {
        _deadline = Deadline.None;
        DoNotPersist(reason);
        FinishWhenSent();
    }
}
