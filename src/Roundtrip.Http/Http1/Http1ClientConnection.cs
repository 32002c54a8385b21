using System.Buffers.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>
/// The client's side of an HTTP/1.1 connection (RFC 9112): one exchange at a time, and the next when the response was whole and said nothing against it. It waits for a response as long as its
/// user does: who wants less cancels the exchange. This file has the driver's calls and the request; Http1ClientConnection.Response.cs has the response.
/// </summary>
public sealed partial class Http1ClientConnection : IClientEngine
{
    private readonly IEngineHost _host;
    private Http1ClientExchange? _exchange;
    private long _idleSince;
    private bool _isOver;
    private bool _isStopping;
    private bool _inputEnded;
    private bool _isRunning;

    public Http1ClientConnection(IEngineHost host)
    {
        _host = host;
        _idleSince = host.Now;
    }

    // RFC 9112 §9.2: what stands in the input already answers no request that is still to be sent.
    public bool CanStart => _exchange is null && !IsLeaving && _host.Input.Length == 0;

    public bool IsLeaving => _isOver || _isStopping || _inputEnded;

    public int Started { get; private set; }

    public long NextDeadline => _exchange is null && !_isOver ? _idleSince + _host.Limits.KeepAliveTimeout : Deadline.None;

    public bool RequiresHttp1 => false;

    public bool WantsInput => !_isOver && !_inputEnded && !IsPaused;

    public ConnectionClose Closing { get; private set; }

    public EndReason ClosingReason { get; private set; }

    public ClientExchange Start(ClientRequest request, IClientExchangeHandler handler)
    {
        if (!CanStart)
        {
            throw new InvalidOperationException("The connection takes no request now: ask CanStart.");
        }

        if (request.Protocol is not null)
        {
            throw new InvalidOperationException("Extended CONNECT is HTTP/2's.");
        }

        _exchange = new Http1ClientExchange(this, request, handler);
        Started++;
        BeginResponse();
        WriteHead(request);
        Changed();
        return _exchange;
    }

    public void Receive(long now) => Read();

    public void ReceiveEnd(long now)
    {
        _inputEnded = true;
        Read();
    }

    public void Drained(long now)
    {
        _isRunning = true;
        _exchange?.Drained();
        _isRunning = false;
    }

    public void OnDeadline(long now)
    {
        if (_exchange is null && !_isOver && now >= NextDeadline)
        {
            Close(ConnectionClose.Close, EndReason.KeepAliveTimeout);
        }
    }

    public void Stop(long now)
    {
        _isStopping = true;
        if (_exchange is null && !_isOver)
        {
            Close(ConnectionClose.Close, EndReason.ServerStopping);
        }
    }

    public void Ended(EndReason reason)
    {
        _isRunning = true;
        _isOver = true;
        EndExchange(reason, IsRetryable);
        _isRunning = false;
    }

    internal IEngineHost Host => _host;

    private bool IsPaused => _exchange is { IsPaused: true };

    /// <summary>The user takes content again. In a call of the driver's, that goes on by itself.</summary>
    internal void GoOn()
    {
        if (!_isRunning)
        {
            Read();
            Changed();
        }
    }

    /// <summary>The user gives the exchange up: what still comes of its response cannot be told from the next, so the connection goes with it.</summary>
    internal void Cancel(EndReason reason)
    {
        Close(ConnectionClose.Reset, reason);
        EndExchange(reason, isRetryable: false);
    }

    /// <summary>Says that output changed: a handler that was called by the driver's call need not wake the driver.</summary>
    internal void Changed()
    {
        if (!_isRunning)
        {
            _host.Wake();
        }
    }

    // RFC 9110 §9.2.2: a connection that was used before may have been closed by the server while the request was under way; it never read it then.
    private bool IsRetryable => _exchange is { } exchange && Started > 1 && !_hasBegun && exchange.Request.IsIdempotent;

    private void Read()
    {
        _isRunning = true;
        while (!_isOver && !IsPaused && TryRead())
        {
        }

        // What is held back stands before the end.
        if (_inputEnded && !_isOver && !IsPaused)
        {
            EndInput();
        }

        _isRunning = false;
    }

    private void WriteHead(ClientRequest request)
    {
        OutputQueue output = _host.Output;
        output.Write(request.MethodName);
        output.Write(" "u8);
        output.Write(request.Target);
        output.Write(" HTTP/1.1\r\nHost: "u8);
        output.Write(request.Authority);
        output.Write("\r\n"u8);
        output.Write(request.Fields.Http1Lines);
        if (request.ContentLength == Exchange.UnknownLength)
        {
            output.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (request.ContentLength > 0 || request.Method is Method.Post or Method.Put or Method.Patch)
        {
            // RFC 9110 §8.6: a method that anticipates content says that there is none.
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(request.ContentLength, digits, out int written);
            output.Write("Content-Length: "u8);
            output.Write(digits[..written]);
            output.Write("\r\n"u8);
        }

        output.Write("\r\n"u8);
    }

    private void Fail(EndReason reason)
    {
        if (_isOver)
        {
            return;
        }

        _host.Report(new ProtocolError(reason, 0, ErrorScope.Connection, ErrorOrigin.Peer));
        bool isRetryable = reason is EndReason.PeerClosed && IsRetryable;
        Close(ConnectionClose.Reset, reason);
        EndExchange(reason, isRetryable);
    }

    private void Close(ConnectionClose how, EndReason reason)
    {
        _isOver = true;
        Closing = how;
        ClosingReason = reason;
        Changed();
    }

    private void EndExchange(EndReason reason, bool isRetryable)
    {
        if (_exchange is { } exchange)
        {
            _exchange = null;
            exchange.Ended(reason, isRetryable);
        }
    }
}
