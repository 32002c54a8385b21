using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Transport;

namespace Roundtrip.Server.WebSockets;

/// <summary>
/// An exchange that has become a WebSocket: it moves bytes between the tunnel and the engine, keeps the engine's time, and tells the handler. All of it happens on the loop that owns the exchange.
/// What is sent waits here while the client is slow (<see cref="BufferedAmount"/>), and meanwhile nothing of the client's is read.
/// </summary>
public sealed class WebSocketExchange : TimerEntry, IExchangeHandler
{
    private readonly WebSocketEndpoint _endpoint;
    private readonly Exchange _exchange;
    private readonly uint _generation;
    private readonly IWebSocketHandler _handler;
    private readonly WebSocketConnection _socket;
    private bool _isRunning;
    private bool _isReading;
    private bool _isHeldUp;

    // The handler saw something wait while it had its turn, before whose end nothing is sent: it may have stopped for that.
    private bool _isAwaited;
    private bool _isReadEnded;
    private bool _isPaused;
    private bool _isTold;
    private bool _isOver;
    private EndReason _why;

    internal WebSocketExchange(WebSocketEndpoint endpoint, Exchange exchange, IWebSocketHandler handler, ServerHandshake handshake)
    {
        (_endpoint, _exchange, _generation, _handler, Subprotocol) = (endpoint, exchange, exchange.Generation, handler, handshake.Subprotocol);
        _socket = new WebSocketConnection(WebSocketRole.Server, endpoint.Options.Limits, endpoint.Resources, endpoint.Loop.Now, handshake.Deflate);
    }

    public string Name => _handler.Name;

    /// <summary>The subprotocol that was agreed on; null for none.</summary>
    public string? Subprotocol { get; }

    /// <summary>The opening request. Valid while the WebSocket is not over.</summary>
    public RequestHead Request => _exchange.Request;

    /// <summary>Whether messages may be sent.</summary>
    public bool IsOpen => !IsOver && _socket.IsOpen;

    /// <summary>How many bytes wait here because the client is slow, or because the handler has its turn. Who sends without looking has them in memory; who looks and sees any is told by OnWritable when they are gone.</summary>
    public long BufferedAmount
    {
        get
        {
            long amount = _isOver ? 0 : _socket.OutputLength;
            _isAwaited |= _isRunning && amount > 0;
            return amount;
        }
    }

    /// <summary>
    /// Whether the handler has enough of messages for now: none is read meanwhile, and a client that sends on fills the connection. What was read already is told all the same. Not for long: pings and
    /// Close are not read either. A WebSocket that closes is not paused.
    /// </summary>
    public bool IsPaused
    {
        get => _isPaused;
        set
        {
            bool goesOn = _isPaused && !value;
            _isPaused = value && IsOpen;
            if (goesOn && !_isRunning)
            {
                RunApart(static socket => socket.Read());
            }
        }
    }

    /// <param name="utf8">Valid UTF-8.</param>
    /// <returns>False where it is not sent: the WebSocket is closing, or over.</returns>
    public bool SendText(ReadOnlySpan<byte> utf8)
    {
        bool isSent = !IsOver && _socket.SendText(utf8);
        Settle();
        return isSent;
    }

    /// <returns>False where it is not sent: the WebSocket is closing, or over.</returns>
    public bool SendBinary(ReadOnlySpan<byte> content)
    {
        bool isSent = !IsOver && _socket.SendBinary(content);
        Settle();
        return isSent;
    }

    /// <summary>Sends a message that was encoded for all that get it; no copy is made of one that is long.</summary>
    /// <returns>False where it is not sent: the WebSocket is closing, or over.</returns>
    public bool Send(EncodedMessage message)
    {
        bool isSent = !IsOver && _socket.Send(message);
        Settle();
        return isSent;
    }

    /// <summary>Begins the closing handshake.</summary>
    /// <param name="code">One that may be sent: <see cref="CloseCode.IsSendable"/>.</param>
    /// <param name="reason">UTF-8, 123 bytes at most.</param>
    public void Close(int code = CloseCode.Normal, ReadOnlySpan<byte> reason = default)
    {
        if (!IsOver)
        {
            _socket.Close(_endpoint.Loop.Now, code, reason);
            Settle();
            IsPaused = false;
        }
    }

    void IExchangeHandler.OnBodyReadable(Exchange exchange) => Run(static socket => socket.Read());

    void IExchangeHandler.OnWritable(Exchange exchange) => Run(static socket =>
    {
        socket.Flush();
        if (socket._isHeldUp && socket._socket.OutputLength == 0)
        {
            socket.TellWritable();
        }

        // What was not read while too much waited may stand in the tunnel already.
        socket.Read();
    });

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason)
    {
        Over();
        Tell(CloseCode.Abnormal, [], reason);
    }

    void IExchangeHandler.OnStopping(Exchange exchange) => SayGoodbye();

    protected override void OnDue(long now)
    {
        RunApart(static socket =>
        {
            socket._socket.OnDeadline(socket._endpoint.Loop.Now, isHeard: !socket._isPaused);
            socket.Dispatch();
        });
    }

    internal void Open(ServerHandshake handshake)
    {
        _exchange.Handler = this;
        handshake.Accept(_exchange);
        Run(static socket =>
        {
            socket._handler.OnOpened(socket);
            socket.Read();
        });
        if (!IsOver && _exchange.IsStopping)
        {
            SayGoodbye();
        }
    }

    // RFC 6455 §7.4.1: 1001, a server that is going down.
    private void SayGoodbye() => Close(CloseCode.GoingAway, "the server is stopping"u8);

    // An exchange that was ended by a fault of its handler's does not tell him; its object is another request's then.
    private bool IsOver
    {
        get
        {
            if (!_isOver && (_exchange.Generation != _generation || _exchange.EndReason != EndReason.None))
            {
                Over();
            }

            return _isOver;
        }
    }

    // Called by the loop, or by whatever had the handler pause, and not by the connection.
    private void RunApart(Action<WebSocketExchange> step)
    {
        try
        {
            Run(step);
        }
#pragma warning disable CA1031 // A handler that throws must end its own connection alone: the loop carries other people's.
        catch (Exception)
#pragma warning restore CA1031
        {
            if (!IsOver)
            {
                _exchange.Abort(EndReason.HandlerFailed);
                Over();
            }
        }
    }

    private void Run(Action<WebSocketExchange> step)
    {
        while (!IsOver)
        {
            _isRunning = true;
            try
            {
                step(this);
            }
            finally
            {
                _isRunning = false;
            }

            Settle();
            if (!_isAwaited || _isOver || _socket.OutputLength > 0)
            {
                return;
            }

            // It is gone at once, and the exchange, which was never full, has nothing to say of it; nor of what was not read meanwhile.
            step = static socket =>
            {
                socket.TellWritable();
                socket.Read();
            };
        }
    }

    private void TellWritable()
    {
        (_isHeldUp, _isAwaited) = (false, false);
        if (!_isTold)
        {
            _handler.OnWritable(this);
        }
    }

    // From the tunnel to the engine, as long as there are bytes and the engine wants them.
    private void Read()
    {
        if (_isReading || _isReadEnded)
        {
            return;
        }

        _isReading = true;
        byte[] buffer = _endpoint.Loop.Buffers.Rent();
        try
        {
            while (!_isOver && !_isReadEnded && !_isPaused && _socket.WantsInput && TryReadOnce(buffer))
            {
                Dispatch();
                Flush();
            }
        }
        finally
        {
            _endpoint.Loop.Buffers.Return(buffer);
            _isReading = false;
        }
    }

    private bool TryReadOnce(byte[] buffer)
    {
        BodyRead read = _exchange.ReadBody(buffer);
        if (read.Status == BodyReadStatus.Data)
        {
            _socket.Receive(_endpoint.Loop.Now, buffer.AsSpan(0, read.Count));
            return true;
        }

        if (read.Status == BodyReadStatus.End)
        {
            _isReadEnded = true;
            _socket.ReceiveEnd(_endpoint.Loop.Now);
        }

        return _isReadEnded;
    }

    private void Dispatch()
    {
        while (!_isOver && _socket.TryReadEvent(out WebSocketEvent what))
        {
            if (what.Kind is WebSocketEventKind.Text or WebSocketEventKind.Binary)
            {
                _handler.OnMessage(this, what.Kind == WebSocketEventKind.Text, what.Data);
            }
            else if (what.Kind == WebSocketEventKind.Closed)
            {
                if (what.Error.IsError && _socket.Ending != WebSocketEnding.Cut)
                {
                    _exchange.Connection.Report(what.Error, _exchange);
                }

                _why = what.Error.Reason;
                Tell(what.Code, what.Data, what.Error.IsError ? what.Error.Reason : EndReason.Completed);
            }
        }
    }

    // From the engine to the tunnel, as much as that takes. What was encoded for many is handed on as it lies.
    private void Flush()
    {
        while (!_isOver && _socket.OutputLength > 0)
        {
            OutputSegment first = _socket.Output.Segments[0];
            if (first.IsShared)
            {
                if (!_exchange.CanWrite)
                {
                    _isHeldUp = true;
                    return;
                }

                _exchange.WriteShared(first.Memory!, (int)first.Offset, (int)first.Length);
                Sent(first.Length);
                continue;
            }

            int taken = _exchange.Write(first.Span);
            Sent(taken);
            if (taken < first.Length)
            {
                _isHeldUp = true;
                return;
            }
        }
    }

    // A write may find that the exchange is over: then nothing waits any more.
    private void Sent(long count)
    {
        if (!_isOver)
        {
            _socket.Output.Consume(count);
        }
    }

    // After whatever happened: sends, sets the time, ends.
    private void Settle()
    {
        if (_isRunning || IsOver)
        {
            return;
        }

        Flush();
        if (_socket.Ending == WebSocketEnding.Cut)
        {
            _exchange.Abort(_why, ErrorOrigin.Peer);
            Over();
        }
        else if (_socket.Ending == WebSocketEnding.WhenSent && _socket.OutputLength == 0)
        {
            _exchange.Complete();
            Over();
        }
        else
        {
            _socket.Rest();
            _endpoint.Loop.Timers.Schedule(this, _socket.NextDeadline);
        }
    }

    private void Over()
    {
        if (!_isOver)
        {
            _isOver = true;
            _endpoint.Loop.Timers.Cancel(this);
            _socket.Release();
        }
    }

    private void Tell(int code, ReadOnlySpan<byte> reason, EndReason why)
    {
        if (!_isTold)
        {
            _isTold = true;
            _handler.OnClosed(this, code, reason, why);
        }
    }
}
