using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Http2;

// Frames in: one at a time, each when it is whole. Its header is judged first, so that a frame that may not come is refused before its payload is waited for.
public abstract partial class Http2Connection
{
    private FloodBudget _floods;
    private ReceiveWindow _receiveWindow;
    private BandwidthEstimate _bandwidth;
    private long _lastReceived;

    private protected abstract ReadOnlySpan<byte> PeerPreface { get; }

    private bool TryReadFrame(long now)
    {
        if (_phase is ConnectionPhase.Over || (_phase == ConnectionPhase.Preface && !TryReadPreface()))
        {
            return false;
        }

        ref InputBuffer input = ref Host.Input;
        ReadOnlySpan<byte> bytes = input.Unread;
        if (!FrameHeader.TryRead(bytes, out FrameHeader header))
        {
            return false;
        }

        ProtocolError error = JudgeHeader(header);
        if (error is { IsError: true, Scope: ErrorScope.Connection })
        {
            Fail(error);
            return false;
        }

        if (bytes.Length < FrameHeader.Size + header.Length)
        {
            return false;
        }

        // A stream's error is dealt with when the frame is whole, so that what follows it can be read.
        if (error.IsError)
        {
            ResetStream(header.StreamId, error);
        }
        else
        {
            Dispatch(header, bytes.Slice(FrameHeader.Size, header.Length), now);
        }

        if (_phase == ConnectionPhase.Over)
        {
            return false;
        }

        input.Consume(FrameHeader.Size + header.Length);
        return Host.OutputLength < Http2Limits.UnsentControl;
    }

    private bool TryReadPreface()
    {
        ReadOnlySpan<byte> preface = PeerPreface;
        ReadOnlySpan<byte> bytes = Host.Input.Unread;
        int common = Math.Min(preface.Length, bytes.Length);

        // RFC 9113 §3.4: an invalid preface is a connection error of type PROTOCOL_ERROR.
        if (!bytes[..common].SequenceEqual(preface[..common]))
        {
            Fail(EndReason.InvalidPreface, ErrorCode.ProtocolError);
            return false;
        }

        if (common < preface.Length)
        {
            return false;
        }

        Host.Input.Consume(preface.Length);
        _phase = ConnectionPhase.FirstSettings;
        return true;
    }

    private ProtocolError JudgeHeader(in FrameHeader header)
    {
        // RFC 9113 §3.4: the preface is followed by SETTINGS, which MUST be the first frame.
        if (_phase == ConnectionPhase.FirstSettings && (header.Type != FrameType.Settings || header.Has(FrameFlags.Ack)))
        {
            return ProtocolError.FromPeer(EndReason.InvalidPreface, (int)ErrorCode.ProtocolError);
        }

        // RFC 9113 §6.10: nothing stands between the frames of one header block.
        if (IsInHeaderBlock != (header.Type == FrameType.Continuation) || (IsInHeaderBlock && header.StreamId != _blockStream))
        {
            return ProtocolError.FromPeer(EndReason.HeaderBlockInterrupted, (int)ErrorCode.ProtocolError);
        }

        ProtocolError error = FrameRules.Judge(header, FrameHeader.DefaultMaximumLength);

        // RFC 9113 §5.4.2 lets a stream's error end the connection: nothing is gained by skipping megabytes that were not allowed.
        return error.Reason == EndReason.FrameTooLarge ? error with { Scope = ErrorScope.Connection } : error;
    }

    private void Dispatch(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                OnData(header, payload, now);
                break;
            case FrameType.Headers:
                OnHeaders(header, payload, now);
                break;
            case FrameType.Continuation:
                OnContinuation(header, payload, now);
                break;
            case FrameType.Priority:
                OnPriority(header, payload, now);
                break;
            case FrameType.RstStream:
                OnRstStream(header, payload, now);
                break;
            case FrameType.Settings:
                OnSettings(header, payload, now);
                break;
            case FrameType.PushPromise:
                OnPushPromise(header, payload, now);
                break;
            case FrameType.Ping:
                OnPing(header, payload, now);
                break;
            case FrameType.GoAway:
                OnGoAway(header, payload);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(header, payload, now);
                break;
            case FrameType.PriorityUpdate:
                OnPriorityUpdate(header, payload, now);
                break;
            default:
                // RFC 9113 §4.1: frames of unknown types are ignored. They cost something all the same.
                Spend(FloodKind.UnknownFrames, now);
                break;
        }
    }

    private void OnData(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        ProtocolError error = DataFrame.Read(header, payload, out DataFrame frame);
        if (error.IsError)
        {
            Fail(error);
            return;
        }

        // RFC 9113 §6.9.1: every frame counts against the connection's window, whatever becomes of its stream.
        if (!_receiveWindow.TryReceive(header.Length))
        {
            Fail(EndReason.FlowControlViolated, ErrorCode.FlowControlError);
            return;
        }

        bool ends = header.Has(FrameFlags.EndStream);
        if (frame.Content.Length < Http2Limits.SmallData && !ends && !Spend(frame.Content.IsEmpty ? FloodKind.EmptyFrames : FloodKind.SmallData, now))
        {
            return;
        }

        if (header.Length > 0 && _bandwidth.Receive(header.Length, _receiveWindow.Size))
        {
            WritePing(BandwidthEstimate.Payload, isAck: false);
        }

        if (!TryFindStream(header, ends ? StreamEvent.ReceiveDataAndEnd : StreamEvent.ReceiveData, out Http2Stream? stream))
        {
            UseConnectionWindow(header.Length);
            return;
        }

        if (!stream.ReceiveWindow.TryReceive(header.Length))
        {
            UseConnectionWindow(header.Length);
            ResetStream(stream, PeerError(EndReason.FlowControlViolated, ErrorCode.FlowControlError));
            return;
        }

        UseWindows(stream, header.Length - frame.Content.Length);
        TakeContent(stream, frame.Content, ends, now);
    }

    private void TakeContent(Http2Stream stream, ReadOnlySpan<byte> content, bool ends, long now)
    {
        stream.ReceivedContent += content.Length;
        if (!content.IsEmpty)
        {
            (stream.Incoming ??= Resources.RentQueue(Host.Buffers)).Write(content);
        }

        // RFC 9113 §8.1.1: content that is not of the length that was said makes the message malformed.
        bool isWrong = stream.ExpectedContent >= 0
                       && (ends ? stream.ReceivedContent != stream.ExpectedContent : stream.ReceivedContent > stream.ExpectedContent);
        if (isWrong || !HasHead(stream))
        {
            ResetStream(stream, PeerError(isWrong ? EndReason.ContentLengthMismatch : EndReason.StreamStateViolated, ErrorCode.ProtocolError));
            return;
        }

        if (ends)
        {
            Move(stream, StreamEvent.ReceiveDataAndEnd);
        }

        stream.User.OnIncoming(now);
        IncomingEnded(stream);
    }

    /// <summary>Whether the header section of the stream's message has come, without which content is malformed (RFC 9113 section 8.1).</summary>
    private protected virtual bool HasHead(Http2Stream stream) => true;

    /// <summary>All that the peer sends on the stream may have come.</summary>
    private protected virtual void IncomingEnded(Http2Stream stream) => CloseIfEnded(stream);

    private void OnPriority(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (!Spend(FloodKind.Priority, now))
        {
            return;
        }

        ProtocolError error = PriorityFrame.Read(header, payload, out PriorityFrame frame);
        if (!error.IsError && IsServer)
        {
            error = Scheduler.Reprioritize(header.StreamId, frame.Fields);
        }

        if (error.IsError)
        {
            ResetStream(header.StreamId, error);
        }
    }

    private void OnRstStream(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        RstStreamFrame.Read(header, payload, out RstStreamFrame frame);
        if (IsIdle(header.StreamId))
        {
            Fail(EndReason.StreamStateViolated, ErrorCode.ProtocolError);
            return;
        }

        if (!Spend(FloodKind.Resets, now) || !_streams.TryGetValue(header.StreamId, out Http2Stream? stream))
        {
            return;
        }

        OnPeerReset(stream, new ProtocolError(EndReason.StreamReset, (int)frame.Code, ErrorScope.Exchange, ErrorOrigin.Peer));
    }

    /// <summary>The peer has reset a stream.</summary>
    private protected virtual void OnPeerReset(Http2Stream stream, in ProtocolError error) => CloseStream(stream, error);

    private void OnPing(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        PingFrame.Read(header, payload, out PingFrame frame);
        if (header.Has(FrameFlags.Ack))
        {
            PingAcknowledged(frame.Opaque);
        }
        else if (Spend(FloodKind.Ping, now))
        {
            WritePing(frame.Opaque, isAck: true);
        }
    }

    private void PingAcknowledged(ulong payload)
    {
        if (payload == BandwidthEstimate.Payload)
        {
            GrowConnectionWindow(_bandwidth.Acknowledged(_receiveWindow.Size));
        }
        else if (payload == StopPayload)
        {
            EndGoAway();
        }
    }

    private void OnWindowUpdate(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (!Spend(FloodKind.WindowUpdates, now))
        {
            return;
        }

        ProtocolError error = WindowUpdateFrame.Read(header, payload, out WindowUpdateFrame frame);
        if (header.StreamId == 0)
        {
            if (error.IsError)
            {
                Fail(error);
            }
            else if (!_sendWindow.TryAdd(frame.Increment))
            {
                Fail(EndReason.FlowControlViolated, ErrorCode.FlowControlError);
            }

            return;
        }

        if (!TryFindStream(header, StreamEvent.ReceiveWindowUpdate, out Http2Stream? stream))
        {
            return;
        }

        if (error.IsError)
        {
            ResetStream(stream, error);
        }
        else if (!stream.SendWindow.TryAdd(frame.Increment))
        {
            ResetStream(stream, PeerError(EndReason.FlowControlViolated, ErrorCode.FlowControlError));
        }
        else
        {
            UpdateReadiness(stream);
        }
    }

    private void OnPriorityUpdate(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (!Spend(FloodKind.Priority, now))
        {
            return;
        }

        ProtocolError error = PriorityUpdateFrame.Read(header, payload, out PriorityUpdateFrame frame);

        // RFC 9218 §7.1: servers MUST NOT send it.
        if (!error.IsError && !IsServer)
        {
            error = PeerError(EndReason.UnexpectedFrame, ErrorCode.ProtocolError) with { Scope = ErrorScope.Connection };
        }

        if (error.IsError)
        {
            Fail(error);
            return;
        }

        error = Scheduler.Update(frame.PrioritizedStreamId, PriorityField.Parse(frame.FieldValue).Over(StreamPriority.Default));
        if (error.IsError)
        {
            Fail(error);
        }
    }

    // Takes one frame from a kind's budget; the connection ends with the last.
    private protected bool Spend(FloodKind kind, long now)
    {
        if (_floods.TrySpend(kind, Limits.Floods[(int)kind], now))
        {
            return true;
        }

        Fail(FloodReasons.Of(kind), ErrorCode.EnhanceYourCalm);
        return false;
    }

    private protected static ProtocolError PeerError(EndReason reason, ErrorCode code) => new(reason, (int)code, ErrorScope.Exchange, ErrorOrigin.Peer);
}
