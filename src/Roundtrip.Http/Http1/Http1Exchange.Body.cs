using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

// The request's content: pulled by the handler from the connection's input, which fills no further than it is read.
public sealed partial class Http1Exchange
{
    private BodyReader _body;
    private FieldBuffer? _trailers;
    private bool _keepsTrailers;
    private long _bodyLength;
    private bool _expectsContinue;
    private bool _wasRead;

    // The handler has room for large pieces, which are read when it asks for them; nothing is read for it before.
    private bool _readsThrough;

    // Where in the body discarding gives up; less than 0 before it begins.
    private long _discardBudget;

    // The time that counts against RequestReadTimeout body is the time in which we wait for the client, not that in which it waits for us.
    private long _waitBegan;
    private long _waited;

    public override bool HasBody => _bodyLength != 0;

    public override long BodyLength => _bodyLength;

    public override FieldBuffer? RequestTrailers => _keepsTrailers ? _trailers : null;

    /// <summary>Whether the whole body was read or discarded.</summary>
    internal bool IsBodyDone => _body.IsDone;

    /// <summary>Whether the request is all here, and its handler has it that a client which sends no more has left.</summary>
    internal bool IsWholeForWhoMayLeave => EndsWithClient && _body.IsDone && !IsTunnel;

    /// <summary>Whether the handler was told that nothing more is here yet.</summary>
    internal bool IsWaitingForBody { get; private set; }

    /// <summary>How many bytes stood in the input when the handler was told so: framing that is not whole.</summary>
    internal int InputWhenWaiting { get; private set; }

    /// <summary>Whether more input can be used before the response is complete.</summary>
    internal bool WantsInput
    {
        get
        {
            int buffered = Buffered;
            return (IsWaitingForBody || !_readsThrough) && buffered < Http1Limits.BufferedBody && _body.CanUseMore(buffered);
        }
    }

    internal EndReason BodyTimeoutReason => _body.Consumed == 0 && Buffered == 0 ? EndReason.RequestBodyTimeout : EndReason.RequestBodyTooSlow;

    private int Buffered => _connection!.Host.Input.Length - (_isHeadDetached ? 0 : Request.Length);

    public override BodyRead ReadBody(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length, nameof(destination));
        if (!IsOpen)
        {
            return new BodyRead(BodyReadStatus.Failed);
        }

        if (_body.IsDone)
        {
            return new BodyRead(BodyReadStatus.End);
        }

        DetachHead();
        _wasRead = true;
        IConnectionHost host = _connection!.Host;
        if (TryReadThrough(host, destination, out int count))
        {
            _connection.Changed();
            return new BodyRead(BodyReadStatus.Data, count);
        }

        BodyStep step = _body.Read(ref host.Input, destination, host.Limits, out count, out EndReason error);
        if (_connection.InputEnded && IsWholeForWhoMayLeave)
        {
            _connection.Leave();
            return new BodyRead(BodyReadStatus.Failed);
        }

        switch (step)
        {
            case BodyStep.Data:
                _connection.Changed();
                return new BodyRead(BodyReadStatus.Data, count);

            case BodyStep.End:
                return new BodyRead(BodyReadStatus.End);

            case BodyStep.Error:
                _connection.Fail(error, Refusal.StatusOf(error), ErrorOrigin.Peer);
                return new BodyRead(BodyReadStatus.Failed);

            case BodyStep.Incomplete when IsTunnel && _connection.InputEnded:
                return new BodyRead(BodyReadStatus.End);

            case BodyStep.Incomplete when _connection.InputEnded:
                _connection.Fail(EndReason.TruncatedBody, Refusal.StatusOf(EndReason.TruncatedBody), ErrorOrigin.Peer);
                return new BodyRead(BodyReadStatus.Failed);

            default:
                SendContinue(host);
                WaitForBody(host.Now);
                _connection.Changed();
                return new BodyRead(BodyReadStatus.NotYet);
        }
    }

    public override bool LimitBody(long limit)
    {
        _body.Limit(limit);
        if (!IsOpen || limit <= 0 || _bodyLength <= limit)
        {
            return IsOpen;
        }

        _connection!.Fail(EndReason.RequestBodyTooLarge, 413, ErrorOrigin.Peer, tellHandler: false);
        return false;
    }

    /// <summary>Tells the handler that more came.</summary>
    internal void OfferBody(long now)
    {
        StopWaiting(now);
        Handler?.OnBodyReadable(this);
    }

    /// <summary>
    /// Takes what is left of the body off the input, as far as it is little enough. Incomplete: wait for more of it. Data: it is too much.
    /// </summary>
    internal BodyStep DiscardBody(ref InputBuffer input, long now, out EndReason error)
    {
        if (IsWaitingForBody)
        {
            StopWaiting(now);
        }

        DetachHead();
        HttpLimits limits = _connection!.Host.Limits;
        if (_discardBudget < 0)
        {
            _discardBudget = _body.Consumed + Http1Limits.DiscardedBody;
        }

        // RFC 9112 §9.3: a server MUST read the whole of a request's content or close after the response.
        BodyStep step = _body.Discard(ref input, _discardBudget, limits, out error);
        if (step != BodyStep.Incomplete)
        {
            return step;
        }

        if (_body.Consumed + _body.Least(input.Unread, limits) > _discardBudget)
        {
            return BodyStep.Data;
        }

        WaitForBody(now);
        return BodyStep.Incomplete;
    }

    private bool TryReadThrough(IConnectionHost host, Span<byte> destination, out int count)
    {
        count = 0;
        int certain = host.Input.Length > 0 || IsTunnel ? 0 : _body.Certain(destination.Length);
        if (certain < host.Limits.WorthACall)
        {
            return false;
        }

        count = host.ReadThrough(destination[..certain]);
        _body.TookPast(count);
        _readsThrough |= count > 0;
        return count > 0;
    }

    private void BeginBody(long length, bool expectsContinue)
    {
        _keepsTrailers = length == UnknownLength && _connection!.Host.KeepsTrailers;
        if (_keepsTrailers)
        {
            (_trailers ??= new FieldBuffer()).Clear();
        }

        _body.Begin(length, RequestTrailers);
        if (length == UnknownLength)
        {
            _body.Limit(_connection!.Host.Limits.RequestBody);
        }

        _bodyLength = length;
        _expectsContinue = expectsContinue && length != 0;
        _wasRead = _readsThrough = false;
        _waited = 0;
        _discardBudget = -1;
        IsWaitingForBody = false;
    }

    // From here on the input is the tunnel's, for as long as it lasts.
    private void BeginTunnelBody()
    {
        IsTunnel = true;
        _bodyLength = UnknownLength;
        _body.Begin(long.MaxValue, trailers: null);
    }

    // RFC 9110 §10.1.1: 100 only for a client that asked, before the final response, and not once content is here.
    private void SendContinue(IConnectionHost host)
    {
        if (_expectsContinue && !HasResponded && _body.Consumed == 0 && host.Input.Length == 0)
        {
            host.Output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            _expectsContinue = false;
        }
    }

    private void WaitForBody(long now)
    {
        IConnectionHost host = _connection!.Host;
        if (!IsWaitingForBody)
        {
            IsWaitingForBody = true;
            _waitBegan = now;
        }

        InputWhenWaiting = host.Input.Length;
        if (IsTunnel)
        {
            return;
        }

        _connection.AwaitBodyUntil(host.Limits.Body.DeadlineAt(_waitBegan - _waited, _body.Consumed));
    }

    private void StopWaiting(long now)
    {
        IsWaitingForBody = false;
        _waited += now - _waitBegan;
    }

    // What is left of the body would not be discarded, unless it is read yet. Of a chunked one only as much is known as its chunks have said.
    private bool IsTooMuchToDiscard(IConnectionHost host) =>
        _body.Least(host.Input.Unread[(_isHeadDetached ? 0 : Request.Length)..], host.Limits) > Http1Limits.DiscardedBody;

    // Called when the response begins: RFC 9112 §9.6 wants "close" in the response after which the connection closes. A handler that has begun to read may go on while it answers: whether it does
    // is known when it has completed the response, and what it left is discarded (SayClose). Told so early a client might stop sending what is wanted.
    private void CloseIfBodyStaysUnread()
    {
        if (_body.IsDone)
        {
            return;
        }

        // A client that waits for 100 and gets a final response may send the body or not: nobody can tell what comes next.
        bool isWithheld = _expectsContinue && _body.Consumed == 0 && Buffered == 0;
        if (isWithheld || (!_wasRead && IsTooMuchToDiscard(_connection!.Host)))
        {
            _connection!.DoNotPersist(EndReason.Completed);
        }
    }
}
