using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

/// <summary>An exchange on a stream that this end opened, or that the server promised.</summary>
internal sealed class Http2ClientExchange(Http2ClientConnection connection, ClientRequest request, IClientExchangeHandler handler) : ClientExchange(request, handler), IStreamUser
{
    private Http2Stream? _stream;
    private long _unwritten = request.ContentLength;
    private bool _isRequestComplete = request.ContentLength == 0;
    private bool _isResponseComplete;
    private bool _wantsRoom;
    private bool _isTelling;
    private EndReason _whyCancelled;

    // Whoever waits for a response says how long: by Cancel.
    long IStreamUser.Deadline => Deadline.None;

    public void Attach(Http2Stream stream) => _stream = stream;

    public override int Write(ReadOnlySpan<byte> content)
    {
        if (IsOver || content.IsEmpty || _stream!.State == StreamState.Closed)
        {
            return content.Length;
        }

        bool isCounted = Request.ContentLength != Exchange.UnknownLength;
        if (_isRequestComplete || (isCounted && content.Length > _unwritten))
        {
            throw new InvalidOperationException("More content was written than the request has.");
        }

        int taken = (int)Math.Clamp(connection.Limits.StreamMaxMemSize - _stream.Waiting, 0, content.Length);
        _wantsRoom = taken < content.Length;
        if (taken > 0)
        {
            _unwritten -= isCounted ? taken : 0;
            (_stream.Outgoing ??= connection.Resources.RentQueue(connection.Host.Buffers)).Write(content[..taken]);
            connection.ContentAdded(_stream, taken);
        }

        return taken;
    }

    public override void Complete()
    {
        if (IsOver || _isRequestComplete || _stream!.State == StreamState.Closed)
        {
            return;
        }

        if (_unwritten > 0)
        {
            throw new InvalidOperationException("Less content was written than the request has.");
        }

        _isRequestComplete = true;
        connection.ContentComplete(_stream);
    }

    public override void Cancel(EndReason reason)
    {
        if (!IsOver)
        {
            _whyCancelled = reason;
            connection.Cut(_stream!, new ProtocolError(reason, (int)ErrorCode.Cancel, ErrorScope.Exchange, ErrorOrigin.Handler));
        }
    }

    /// <summary>A section has come that is no trailers'.</summary>
    /// <returns>False where it is one interim response too many.</returns>
    public bool TryTakeHead(int status)
    {
        (Status, Version) = (status, ProtocolVersion.Http2);
        if (status < 200)
        {
            return TryInform();
        }

        Respond();
        return true;
    }

    /// <summary>Whether trailers have come, of which the handler is told behind the content.</summary>
    public bool HasTrailers { private get; set; }

    private protected override void GoOn()
    {
        Tell();
        connection.Changed();
    }

    void IStreamUser.OnIncoming(long now) => Tell();

    // Tells what has come, and after the last of it ends the stream.
    private void Tell()
    {
        if (_isTelling)
        {
            return;
        }

        _isTelling = true;
        TellAll();
        _isTelling = false;
    }

    private void TellAll()
    {
        Http2Stream stream = _stream!;
        while (!IsOver && !IsPaused && stream.Incoming is { IsEmpty: false } incoming)
        {
            int count = (int)incoming.Segments[0].Length;
            TakeContent(incoming.Segments[0].Span);
            if (!IsOver)
            {
                incoming.Consume(count);
                connection.UseWindows(stream, count);
            }
        }

        if (HasTrailers && !IsOver && !IsPaused)
        {
            HasTrailers = false;
            Handler.OnTrailers(this);
        }

        if (!IsOver && !IsPaused && stream.IsIncomingEnded)
        {
            _isResponseComplete = true;
            connection.ResponseEnded(stream, _isRequestComplete && stream.Waiting == 0);
        }
    }

    void IStreamUser.OnRoom()
    {
        if (_wantsRoom && !IsOver && _stream!.Waiting < connection.Limits.StreamMaxMemSize)
        {
            _wantsRoom = false;
            Handler.OnWritable(this);
        }
    }

    void IStreamUser.OnClosed(in ProtocolError error)
    {
        _stream = null;
        if (_isResponseComplete)
        {
            End(EndReason.Completed, isRetryable: false);
            return;
        }

        // RFC 9113 §8.7: REFUSED_STREAM, and GOAWAY of what stands above its last stream, say that nothing was processed.
        bool isUnprocessed = error.Reason == EndReason.NotProcessed || IsReset(error, ErrorCode.RefusedStream);

        // §7: what is refused by HTTP_1_1_REQUIRED was not acted on either, and is wanted in HTTP/1.1.
        bool isRefused = IsReset(error, ErrorCode.Http11Required);
        EndReason reason = _whyCancelled != EndReason.None ? _whyCancelled
            : isUnprocessed ? EndReason.NotProcessed
            : isRefused ? EndReason.Http11Required
            : error.IsError ? error.Reason
            : EndReason.TruncatedBody;
        End(reason, (isUnprocessed || isRefused) && !HasResponded && _whyCancelled == EndReason.None);
    }

    private static bool IsReset(in ProtocolError error, ErrorCode code) => error.Reason == EndReason.StreamReset && error.Code == (int)code;

    void IStreamUser.OnDeadline(long now)
    {
    }
}
