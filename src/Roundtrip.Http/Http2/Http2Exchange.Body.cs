using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

// The request's content: it waits with the stream, whose window is given back as the handler reads.
public sealed partial class Http2Exchange
{
    private long _bodyLength;
    private long _bodyLimit;
    private long _received;
    private bool _expectsContinue;
    private bool _isWaitingForBody;

    // The time that counts against RequestReadTimeout body is the time in which we wait for the client, not that in which it waits for us.
    private long _waitBegan;
    private long _waited;

    // Where what is left of the content after the response stops being taken, in bytes and in time.
    private long _discardTo;
    private long _discardUntil;

    public override bool HasBody => _bodyLength != 0;

    public override long BodyLength => _bodyLength;

    long IStreamUser.Deadline => _discardUntil != Deadline.None ? _discardUntil
        : _isHeadTooLarge ? 0
        : _isWaitingForBody && IsOpen && !IsTunnel
        ? Math.Min(_connection!.Host.Limits.Body.DeadlineAt(_waitBegan - _waited, _stream!.ReceivedContent), _waitBegan + _stream.Timeout)
        : Deadline.None;

    public override BodyRead ReadBody(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length, nameof(destination));
        if (!IsOpen)
        {
            return new BodyRead(BodyReadStatus.Failed);
        }

        if (CanUpgrade)
        {
            // What has come already is no content of this request.
            return new BodyRead(BodyReadStatus.End);
        }

        Http2Stream stream = _stream!;
        int count = stream.Incoming?.Read(destination) ?? 0;
        if (count > 0)
        {
            _connection!.UseWindows(stream, count);
            _connection.Changed();
            return new BodyRead(BodyReadStatus.Data, count);
        }

        if (stream.IsIncomingEnded)
        {
            return new BodyRead(BodyReadStatus.End);
        }

        SendContinue();
        WaitForBody();
        return new BodyRead(BodyReadStatus.NotYet);
    }

    public override bool LimitBody(long limit)
    {
        _bodyLimit = limit;
        if (!IsOpen || !IsTooMuch(Math.Max(_bodyLength, _stream!.ReceivedContent)))
        {
            return IsOpen;
        }

        Fail(EndReason.RequestBodyTooLarge, 413, ErrorOrigin.Peer, tellHandler: false);
        return false;
    }

    void IStreamUser.OnIncoming(long now)
    {
        if (!IsOpen)
        {
            Discard();
            return;
        }

        if (IsTooMuch(_stream!.ReceivedContent))
        {
            Fail(EndReason.RequestBodyTooLarge, 413, ErrorOrigin.Peer);
        }
        else if (_isWaitingForBody)
        {
            _isWaitingForBody = false;
            _waited += now - _waitBegan;
            Handler?.OnBodyReadable(this);
        }
    }

    void IStreamUser.OnDeadline(long now)
    {
        if (_discardUntil != Deadline.None)
        {
            _connection!.EndDiscarding(_stream!);
            return;
        }

        if (_isHeadTooLarge)
        {
            Fail(EndReason.ResponseHeadTooLarge, 0, ErrorOrigin.Handler);
            return;
        }

        EndReason reason = now >= _waitBegan + _stream!.Timeout ? EndReason.RequestBodyStalled
            : _stream.ReceivedContent == 0 ? EndReason.RequestBodyTimeout
            : EndReason.RequestBodyTooSlow;
        Fail(reason, 408, ErrorOrigin.Peer);
    }

    /// <summary>
    /// The response is out before its request came whole. A little of what is left is taken and dropped, so that the client reads the response before it is told to stop: some give up the whole
    /// stream when the reset comes with it.
    /// </summary>
    internal void BeginDiscarding()
    {
        _discardTo = _stream!.ReceivedContent + Http2Limits.DiscardedBody;
        _discardUntil = _connection!.Host.Now + Http2Limits.DiscardTime;
        _connection.Arm(_discardUntil);

        // Whatever comes now, its length is nobody's concern.
        _stream.ExpectedContent = UnknownLength;
        Discard();
    }

    private void Discard()
    {
        bool isBounded = _discardUntil != Deadline.None;
        _connection!.DropIncoming(_stream!, opensWindow: isBounded);
        if (isBounded && !_stream!.IsIncomingEnded && _stream.ReceivedContent > _discardTo)
        {
            _connection.EndDiscarding(_stream);
        }
    }

    private bool IsTooMuch(long length) => _bodyLimit > 0 && Request.Protocol.IsEmpty && length > _bodyLimit;

    private void BeginBody()
    {
        _bodyLength = 0;
        _bodyLimit = _connection!.Host.Limits.RequestBody;
        _received = 0;
        _expectsContinue = false;
        _isWaitingForBody = false;
        _waited = 0;
        _discardUntil = Deadline.None;
    }

    // RFC 9110 §10.1.1: 100 only for a client that asked, before the final response, and not once content is here.
    private void SendContinue()
    {
        if (_expectsContinue && !HasResponded && _stream!.ReceivedContent == 0)
        {
            Inform(100, FieldBlock.Empty);
        }
    }

    private void WaitForBody()
    {
        if (!_isWaitingForBody)
        {
            _isWaitingForBody = true;
            _waitBegan = _connection!.Host.Now;
        }

        _connection!.Arm(((IStreamUser)this).Deadline);
        _connection.Changed();
    }
}
