using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.WebSocket;

// The way in: frames to messages (RFC 6455 sections 5.4 and 6.2), which are checked as they come.
public sealed partial class WebSocketConnection
{
    private readonly int _receiveBits;
    private readonly bool _keepsReceived;
    private History? _received;

    private InputBuffer _input;
    private long _receivedAt;

    // The data frame whose payload is coming, and how much of that has come. Control frames come whole.
    private FrameHeader _frame;
    private long _frameDone;
    private bool _isInFrame;

    // The message under way.
    private MessageBuffer _message;
    private Opcode _kind;
    private bool _isInMessage;
    private int _fragments;
    private long _compressedLength;
    private Inflater? _inflater;
    private Utf8Stream _text;

    // What was lent with the last event: it is taken back with the next call.
    private int _lentInput;
    private bool _isMessageLent;

    // What does not shrink grows a little: no sender needs more than this for a message within the limit.
    private long MostCompressed => _limits.Message + (_limits.Message / 64) + 1024L;

    /// <summary>Takes bytes that came: no more than one buffer's at a time (<see cref="BufferPool.MaximumSize"/> and what was left).</summary>
    public void Receive(long now, ReadOnlySpan<byte> bytes)
    {
        TakeBack();
        if (_state is CloseState.Closed or CloseState.Ended || bytes.IsEmpty)
        {
            // RFC 6455 §5.5.1: behind a Close there is nothing.
            return;
        }

        (_receivedAt, _lastHeard, _pingSentAt) = (now, now, Deadline.None);
        bytes.CopyTo(_input.Reserve(_resources.Buffers, bytes.Length));
        _input.Commit(bytes.Length);
    }

    /// <summary>The peer will send no more, or the connection has ended.</summary>
    public void ReceiveEnd(long now)
    {
        TakeBack();
        if (_state is CloseState.Open or CloseState.CloseSent)
        {
            // RFC 6455 §7.1.5: without a Close it is 1006.
            _error = ProtocolError.FromPeer(EndReason.WebSocketTruncated, CloseCode.Abnormal);
            _toldCode = CloseCode.Abnormal;
        }

        Move(ClosingHandshake.Event.TransportEnd, now, CloseCode.Abnormal, []);
    }

    /// <summary>Goes on with what has come.</summary>
    /// <returns>False where nothing more is to be told now.</returns>
    public bool TryReadEvent(out WebSocketEvent what)
    {
        TakeBack();
        while (_state is CloseState.Open or CloseState.CloseSent && (_isInFrame || TryBeginFrame()))
        {
            Step step = _frame.IsControl ? TakeControl(out what) : TakeData(out what);
            if (step == Step.Tell)
            {
                return true;
            }

            if (step == Step.NeedsMore)
            {
                break;
            }
        }

        what = default;
        if (_state is CloseState.Closed or CloseState.Ended)
        {
            DropInput();
        }

        _input.Release(_resources.Buffers);
        if (!_isToTell)
        {
            return false;
        }

        _isToTell = false;
        what = new WebSocketEvent { Kind = WebSocketEventKind.Closed, Code = _toldCode, Data = _toldReason, Error = _error };
        return true;
    }

    private bool TryBeginFrame()
    {
        ReadOnlySpan<byte> bytes = _input.Unread;
        if (bytes.Length < 2)
        {
            return false;
        }

        EndReason fault = FrameRules.CheckStart(bytes[0], bytes[1], mustBeMasked: _role == WebSocketRole.Server, allowsRsv1: _deflate is not null);
        FrameHeader header = default;
        if (fault == EndReason.None && !FrameHeader.TryRead(bytes, out header))
        {
            return false;
        }

        fault = fault != EndReason.None ? fault : FrameRules.CheckLength(header);
        if (fault == EndReason.None && !header.IsControl)
        {
            fault = BeginData(header);
        }

        if (fault != EndReason.None)
        {
            Fail(fault);
            return false;
        }

        _input.Consume(header.Size);
        (_frame, _frameDone, _isInFrame) = (header, 0, true);
        return true;
    }

    // RFC 6455 §5.4: a message is one frame, or one with its opcode and continuations of it; no other message comes between them.
    private EndReason BeginData(in FrameHeader header)
    {
        bool isContinuation = header.Opcode == Opcode.Continuation;
        if (isContinuation != _isInMessage)
        {
            return isContinuation ? EndReason.WebSocketUnexpectedContinuation : EndReason.WebSocketMessageInterrupted;
        }

        if (header.Length > _limits.Frame)
        {
            return EndReason.WebSocketFrameTooLarge;
        }

        bool isCompressed = header.IsCompressed || _inflater is not null;
        long most = isCompressed ? MostCompressed - _compressedLength : _limits.Message - _message.Length;
        if (header.Length > most)
        {
            return EndReason.WebSocketMessageTooLarge;
        }

        if (!isContinuation)
        {
            (_kind, _isInMessage, _fragments, _text, _compressedLength) = (header.Opcode, true, 0, default, 0);
            _inflater = header.IsCompressed ? _resources.RentInflater() : null;
        }

        _compressedLength += isCompressed ? header.Length : 0;
        return ++_fragments > _limits.Fragments ? EndReason.WebSocketTooManyFragments : EndReason.None;
    }

    private Step TakeControl(out WebSocketEvent what)
    {
        what = default;
        int length = (int)_frame.Length;
        if (_input.Length < length)
        {
            return Step.NeedsMore;
        }

        Span<byte> payload = Unmask(length);
        _isInFrame = false;
        _lentInput = length;
        if (_frame.Opcode == Opcode.Close)
        {
            TakeClose(payload);
            return Step.GoOn;
        }

        if (_frame.Opcode == Opcode.Ping && _state == CloseState.Open)
        {
            // RFC 6455 §5.5.3: with the same payload.
            WriteFrame(FrameHeader.Fin | (byte)Opcode.Pong, payload);
        }

        what = new WebSocketEvent { Kind = _frame.Opcode == Opcode.Ping ? WebSocketEventKind.Ping : WebSocketEventKind.Pong, Data = payload };
        return Step.Tell;
    }

    // RFC 6455 §5.5.1 and §7.1.5: a code and a reason, or nothing.
    private void TakeClose(ReadOnlySpan<byte> payload)
    {
        int code = payload.Length switch
        {
            0 => CloseCode.NoStatus,
            1 => 0,
            _ => BinaryPrimitives.ReadUInt16BigEndian(payload),
        };
        if (code != CloseCode.NoStatus && !CloseCode.IsSendable(code) || (code == CloseCode.NoStatus && payload.Length > 0))
        {
            Fail(EndReason.WebSocketInvalidClose);
            return;
        }

        ReadOnlySpan<byte> reason = payload.Length > 2 ? payload[2..] : default;
        if (!System.Text.Unicode.Utf8.IsValid(reason))
        {
            Fail(EndReason.WebSocketInvalidUtf8);
            return;
        }

        (_toldCode, _toldReason) = (code, reason.ToArray());
        Move(ClosingHandshake.Event.PeerClose, _receivedAt, code, []);
    }

    private Step TakeData(out WebSocketEvent what)
    {
        what = default;
        int count = (int)Math.Min(_frame.Length - _frameDone, _input.Length);
        bool isWhole = _frameDone + count == _frame.Length;
        if (count == 0 && !isWhole)
        {
            return Step.NeedsMore;
        }

        Span<byte> piece = Unmask(count);
        if (isWhole && _frame.IsFinal && _frameDone == 0 && _fragments == 1 && _inflater is null)
        {
            // A message in one piece is told from where it lies.
            _isInFrame = false;
            _lentInput = count;
            return CheckText(piece) ? EndMessage(piece, out what) : Step.GoOn;
        }

        bool isGood = Append(piece);
        _input.Consume(count);
        _frameDone += count;
        if (!isGood || !isWhole)
        {
            return isGood ? Step.NeedsMore : Step.GoOn;
        }

        _isInFrame = false;
        if (!_frame.IsFinal)
        {
            return Step.GoOn;
        }

        _isMessageLent = true;
        return TryEndInflating() ? EndMessage(_message.Content, out what) : Step.GoOn;
    }

    // Adds to the message, decompressed and checked; false where the connection has failed.
    private bool Append(ReadOnlySpan<byte> piece)
    {
        int before = _message.Length;
        if (_inflater is not null)
        {
            // What came before the fault is told first: cut otherwise, it would have been.
            InflateStatus status = _inflater.Inflate(piece, ref _message, _resources.Buffers, ReceivedBefore, _receiveBits, _limits.Message);
            return CheckText(_message.Content[before..]) && IsGood(status);
        }

        piece.CopyTo(_message.Reserve(_resources.Buffers, piece.Length));
        _message.Advance(piece.Length);
        return CheckText(piece);
    }

    private bool TryEndInflating()
    {
        if (_inflater is null)
        {
            return true;
        }

        int before = _message.Length;
        InflateStatus status = _inflater.End(ref _message, _resources.Buffers, ReceivedBefore, _receiveBits, _limits.Message);
        if (!CheckText(_message.Content[before..]) || !IsGood(status))
        {
            return false;
        }

        _resources.Return(_inflater);
        _inflater = null;
        if (_keepsReceived)
        {
            (_received ??= new History(_receiveBits)).Append(_message.Content);
        }

        return true;
    }

    private Step EndMessage(ReadOnlySpan<byte> content, out WebSocketEvent what)
    {
        what = default;
        _isInMessage = false;
        if (_kind == Opcode.Text && !_text.IsComplete)
        {
            Fail(EndReason.WebSocketInvalidUtf8);
            return Step.GoOn;
        }

        what = new WebSocketEvent { Kind = _kind == Opcode.Text ? WebSocketEventKind.Text : WebSocketEventKind.Binary, Data = content };
        return Step.Tell;
    }

    // RFC 6455 §8.1: text that is not UTF-8 fails the connection, at the byte that shows it.
    private bool CheckText(ReadOnlySpan<byte> piece)
    {
        if (_kind == Opcode.Text && !_text.Append(piece))
        {
            Fail(EndReason.WebSocketInvalidUtf8);
            return false;
        }

        return true;
    }

    private bool IsGood(InflateStatus status)
    {
        if (status != InflateStatus.NeedsMore)
        {
            Fail(status == InflateStatus.TooLong ? EndReason.WebSocketMessageTooLarge : EndReason.WebSocketInvalidDeflate);
        }

        return status == InflateStatus.NeedsMore;
    }

    private ReadOnlySpan<byte> ReceivedBefore => _received is null ? default : _received.Bytes;

    // The next bytes of the frame's payload, in the input.
    private Span<byte> Unmask(int count)
    {
        Span<byte> bytes = _input.Array.AsSpan(_input.Start, count);
        if (_frame.IsMasked)
        {
            Masking.Apply(bytes, bytes, _frame.Mask, _frameDone);
        }

        return bytes;
    }

    private void TakeBack()
    {
        _input.Consume(_lentInput);
        _lentInput = 0;
        if (_isMessageLent)
        {
            _isMessageLent = false;
            _message.Clear(_resources.Buffers);
        }
    }

    private void DropInput()
    {
        TakeBack();
        _input.Clear(_resources.Buffers);
        _message.Clear(_resources.Buffers);
        if (_inflater is not null)
        {
            _resources.Return(_inflater);
            _inflater = null;
        }
    }

    private enum Step : byte
    {
        GoOn,
        NeedsMore,
        Tell,
    }
}
