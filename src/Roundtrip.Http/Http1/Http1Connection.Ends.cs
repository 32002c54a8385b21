using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

// How exchanges and the connection end. Whatever the way, an exchange is given to ExchangeEnded once, then to the pool.
public sealed partial class Http1Connection
{
    public void OnDeadline(long now)
    {
        if (now < _deadline)
        {
            return;
        }

        _deadline = Deadline.None;
        _isRunning = true;
        try
        {
            switch (_phase)
            {
                case Http1Phase.Idle:
                    // Nobody asked for anything, so nobody is told anything: a browser opens connections in advance.
                    Over(ConnectionClose.Close, _requests == 0 ? EndReason.RequestHeadTimeout : EndReason.KeepAliveTimeout);
                    break;

                case Http1Phase.Head:
                    ReadTimeout head = _host.Limits.Head;
                    bool isTotal = head.MinimumRate == 0 || now - _headBegan >= head.Maximum;
                    Refuse(isTotal ? EndReason.RequestHeadTimeout : EndReason.RequestHeadTooSlow);
                    break;

                case Http1Phase.Exchange:
                    Fail(_exchange!.BodyTimeoutReason, 408, ErrorOrigin.Peer);
                    break;

                case Http1Phase.Discarding:
                    EndReason reason = _exchange!.BodyTimeoutReason;
                    Report(reason, 0, ErrorOrigin.Peer);
                    EndDiscarding(reason);
                    break;
            }
        }
        finally
        {
            _isRunning = false;
        }
    }

    public void Ended(EndReason reason)
    {
        _isRunning = true;
        _deadline = Deadline.None;
        Http1Exchange? exchange = _exchange;
        bool wasOpen = _phase == Http1Phase.Exchange;
        bool isWhole = _phase is Http1Phase.Draining or Http1Phase.Discarding && _host.OutputLength == 0;
        _phase = Http1Phase.Over;
        if (exchange is not null)
        {
            EndExchange(exchange, isWhole ? EndReason.Completed : reason, tellHandler: wasOpen);
        }

        _isRunning = false;
    }

    // The engine's own answer to a request that no handler saw. It is logged like any other.
    private void Refuse(EndReason reason)
    {
        Http1Exchange exchange = _exchange!;
        int status = Refusal.StatusOf(reason);
        Report(reason, status, ErrorOrigin.Peer);
        exchange.ResponseFields.Clear();
        if (reason == EndReason.RequestBodyTooLarge)
        {
            // As its head says; nothing else is wrong with that.
            _host.Refusing(exchange);
        }

        exchange.WriteRefusal(status, reason);
        Over(ConnectionClose.Linger, reason);
        EndExchange(exchange, reason, tellHandler: false);
    }

    // Ends an exchange that its handler has, for a fault that the connection does not survive.
    // While the response has not begun the client gets the status; then it must not take what it got for a whole response.
    internal void Fail(EndReason reason, int status, ErrorOrigin origin, bool tellHandler = true)
    {
        Http1Exchange exchange = _exchange!;
        bool begun = exchange.HasResponded;
        Report(reason, begun ? 0 : status, origin);
        if (!begun)
        {
            exchange.ResponseFields.Clear();
            _host.Refusing(exchange);
            exchange.WriteRefusal(status, origin == ErrorOrigin.Peer ? reason : EndReason.HandlerFailed);
        }

        Over(begun ? ConnectionClose.Reset : ConnectionClose.Linger, reason);
        EndExchange(exchange, reason, tellHandler);
        Changed();
    }

    // The client sends no more, and whoever answers said that it has left then. One that still reads must not take what it got for a whole response.
    internal void Leave()
    {
        Http1Exchange exchange = _exchange!;
        Over(exchange.HasResponded ? ConnectionClose.Reset : ConnectionClose.Close, EndReason.PeerClosed);
        EndExchange(exchange, EndReason.PeerClosed, tellHandler: true);
        Changed();
    }

    private void FinishWhenSent()
    {
        // Content in memory goes out by itself. With a file, or much of anything, the sending may yet fail, and the log should say so;
        // and a client that does not take its responses gets no further requests begun.
        long waiting = _host.OutputLength;
        if (waiting >= IConnectionEngine.HighWater || (_exchange!.SendsFile && waiting > 0))
        {
            _phase = Http1Phase.Draining;
        }
        else
        {
            Finish(EndReason.Completed);
        }
    }

    private void Finish(EndReason reason)
    {
        Http1Exchange exchange = _exchange!;
        bool isBodyDone = exchange.IsBodyDone;
        EndExchange(exchange, reason, tellHandler: false);
        if (Persists)
        {
            _phase = Http1Phase.Idle;
            _deadline = _host.Now + _host.Limits.KeepAliveTimeout;
            return;
        }

        // RFC 9112 §9.6: a client that did not ask for the close may have sent more, and a reset would overtake the response.
        bool isClientsWish = _whyClose == EndReason.Completed && isBodyDone && _host.Input.Length == 0;
        Over(isClientsWish || _inputEnded ? ConnectionClose.Close : ConnectionClose.Linger, _whyClose);
    }

    private void EndExchange(Http1Exchange exchange, EndReason reason, bool tellHandler)
    {
        _exchange = null;
        IExchangeHandler? handler = exchange.End(reason);
        if (tellHandler)
        {
            handler?.OnAborted(exchange, reason);
        }

        // A head of which not even the first line came is no request, unless it was refused.
        if (exchange.Status != 0 || !exchange.Request.MethodName.IsEmpty)
        {
            _host.ExchangeEnded(exchange);
        }

        exchange.Clear();
        _resources.Return(exchange);
    }

    private void Over(ConnectionClose how, EndReason reason)
    {
        _phase = Http1Phase.Over;
        _deadline = Deadline.None;
        _closing = how;
        _whyClose = reason;
    }

    private void Report(EndReason reason, int status, ErrorOrigin origin)
    {
        _exchange?.LocateHead();
        _host.Report(new ProtocolError(reason, status, ErrorScope.Connection, origin), _exchange);
    }
}
