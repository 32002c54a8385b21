using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

/// <summary>
/// One request and response on a stream of an HTTP/2 connection. Pooled: <see cref="Begin"/> to <see cref="Clear"/> is one life. It may outlive its handler, which has completed it, while
/// content waits to be sent. This file has the life; Http2Exchange.Body.cs the request's content; Http2Exchange.Response.cs the response.
/// </summary>
public sealed partial class Http2Exchange : Exchange, IStreamUser
{
    private Http2ServerConnection? _connection;
    private Http2Stream? _stream;
    private StreamHold? _hold;
    private int _sectionBytes;

    // The stream whose response promised it; 0 for a request that the client sent.
    private int _pushedWith;
    private bool _isCritical;

    internal Http2Exchange()
    {
    }

    public override IConnectionHost Connection =>
        _connection?.Host ?? throw new InvalidOperationException("The exchange has ended: check Generation before using it.");

    /// <summary>Whether a handler may still use the exchange.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Whether it was promised and nobody has been asked to answer it yet.</summary>
    internal bool IsPromised { get; private set; }

    /// <summary>Whether the exchange is not over: its handler has it, or its response is still to be sent.</summary>
    internal bool IsInUse => _connection is not null;

    // RFC 9113 §8.6: HTTP/2 has no Upgrade and no 101; RFC 8441 §4: it has extended CONNECT.
    public override bool CanUpgrade => IsOpen && !HasResponded && !Request.Protocol.IsEmpty;

    public override long BytesReceived => _sectionBytes + (_stream?.ReceivedContent ?? _received);

    /// <param name="index">How many requests the connection had before this one.</param>
    /// <param name="sectionBytes">The bytes of the header section on the wire.</param>
    internal void Begin(Http2ServerConnection connection, long now, int index, int sectionBytes)
    {
        BeginLife(connection.Host, now, index);
        _connection = connection;
        _sectionBytes = sectionBytes;
        BeginBody();
        BeginResponse();
    }

    /// <summary>The stream is open.</summary>
    internal void Attach(Http2Stream stream) => _stream = stream;

    /// <summary>The handler may be given the exchange.</summary>
    internal void Open(long bodyLength, bool expectsContinue)
    {
        _bodyLength = bodyLength;
        _expectsContinue = expectsContinue && bodyLength != 0;
        _stream!.ExpectedContent = bodyLength;
        IsOpen = true;
    }

    /// <summary>It is promised.</summary>
    /// <param name="parentId">The stream of the response that it belongs to.</param>
    /// <param name="isCritical">Whether it is to go before that.</param>
    internal void OpenPromised(int parentId, bool isCritical)
    {
        IsPromised = true;
        (_pushedWith, _isCritical) = (parentId, isCritical);
        Open(bodyLength: 0, expectsContinue: false);
    }

    internal void Started() => IsPromised = false;

    /// <summary>The handler may be given a CONNECT with :protocol. Its stream's content has no length, and is nobody's before the tunnel is accepted.</summary>
    internal void OpenConnect()
    {
        Open(bodyLength: 0, expectsContinue: false);
        _stream!.ExpectedContent = UnknownLength;
    }

    // RFC 8441 §5: 2xx opens the tunnel, whose protocol was said by the request.
    public override void AcceptUpgrade(ReadOnlySpan<byte> protocol, FieldBlock fields)
    {
        if (!IsOpen)
        {
            return;
        }

        if (!CanUpgrade)
        {
            throw new InvalidOperationException("The request does not ask for an upgrade, or has been answered.");
        }

        IsTunnel = true;
        _bodyLength = UnknownLength;
        RespondWith(200, fields, UnknownLength);
    }

    public override IExchangeHold? Hold() => IsOpen ? _hold ??= new StreamHold(_connection!) : null;

    // RFC 9113 §9.1: there is no such wish in HTTP/2; the connection goes on.
    public override void DoNotPersist()
    {
    }

    public override bool IsStopping => IsOpen && _connection!.IsStopping;

    public override void LimitWaits(int milliseconds)
    {
        if (IsOpen)
        {
            _stream!.Timeout = milliseconds == 0 ? int.MaxValue : milliseconds;
        }
    }

    public override void UseLimits(HttpLimits limits)
    {
        if (IsOpen)
        {
            _stream!.Timeout = limits.Timeout;
        }
    }

    /// <summary>Whether a tunnel's handler sends no more and still reads: the stream is its, whoever has ended it.</summary>
    internal bool IsHalfClosed => IsOpen && _isWritingEnded;

    // RFC 8441 §5: END_STREAM is what FIN is to TCP.
    public override void EndWriting()
    {
        if (!IsOpen)
        {
            return;
        }

        if (!IsTunnel)
        {
            throw new InvalidOperationException("The exchange is no tunnel: a response ends with Complete.");
        }

        if (!_isWritingEnded && !_isHeadTooLarge)
        {
            _isWritingEnded = true;
            _connection!.ContentComplete(_stream!);
        }
    }

    public override void Abort(EndReason reason, ErrorOrigin origin = ErrorOrigin.Handler)
    {
        if (IsOpen)
        {
            Fail(reason, 500, origin, tellHandler: false);
        }
    }

    /// <summary>
    /// Ends the exchange for a fault. While the response has not begun the client gets the status; then it must not take what it got for a whole response.
    /// </summary>
    internal void Fail(EndReason reason, int status, ErrorOrigin origin, bool tellHandler = true)
    {
        IExchangeHandler? handler = tellHandler ? Handler : null;
        bool begun = HasResponded;
        IsOpen = false;
        EndReason = reason;
        _connection!.Host.Report(new ProtocolError(reason, begun ? 0 : status, ErrorScope.Exchange, origin), this);
        uint generation = Generation;
        handler?.OnAborted(this, reason);

        // A handler that is told may end other exchanges, and the connection with them.
        if (Generation != generation || _stream is null)
        {
            return;
        }

        if (begun)
        {
            // RFC 8441 §5: for a tunnel CANCEL is what RST is to TCP.
            _connection.Cut(_stream!, new ProtocolError(reason, (int)(IsTunnel ? ErrorCode.Cancel : ErrorCode.InternalError), ErrorScope.Exchange, ErrorOrigin.Server));
            return;
        }

        WriteRefusal(status, origin == ErrorOrigin.Peer ? reason : EndReason.HandlerFailed);
    }

    // The stream has come to its end, whichever: the exchange is noted and can be used again.
    void IStreamUser.OnClosed(in ProtocolError error)
    {
        bool wasOpen = IsOpen;
        IsOpen = false;
        _received = _stream!.ReceivedContent;
        if (EndReason == EndReason.None)
        {
            EndReason = error.IsError ? error.Reason : EndReason.Completed;
        }

        // What waits with the stream will not go out.
        ContentSent -= _stream.Waiting;
        BytesSent -= _stream.Waiting;
        if (wasOpen)
        {
            Handler?.OnAborted(this, EndReason);
        }

        // One that its handler answered whole has its place free at once: the client, which knows no better, may use it.
        if (EndReason != EndReason.Completed)
        {
            _hold?.KeepPlace();
        }

        if (error.Reason == EndReason.StreamReset && _stream.Id % 2 == 0)
        {
            _connection!.PushReset();
        }

        _stream = null;
        _connection!.ExchangeEnded(this);
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        EndLife(_connection!.Host.Buffers);
        IsPromised = false;
        _hold = null;
        _pushedWith = 0;
        _connection = null;
        _stream = null;
    }
}
