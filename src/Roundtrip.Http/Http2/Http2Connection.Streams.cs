using System.Diagnostics.CodeAnalysis;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

// The streams' life: which frames they may have (by StreamTransitions), how they open and how they close.
public abstract partial class Http2Connection
{
    // The highest streams that either end has opened or promised. Lower ones that are not in the table are closed (RFC 9113 §5.1.1).
    private int _lastOfPeer;
    private int _lastOfOurs;
    private int _openByPeer;

    private protected int LastOfPeer => _lastOfPeer;

    private protected int OpenByPeer => _openByPeer;

    private protected Http2Stream OpenStream(int streamId, IStreamUser user)
    {
        Http2Stream stream = Resources.RentStream();
        stream.Begin(streamId, user, PeerSettings.InitialWindowSize, OurSettings.InitialWindowSize, Host.Limits.Timeout);
        _streams.Add(streamId, stream);
        if (IsOfPeer(streamId))
        {
            _lastOfPeer = streamId;
            _openByPeer++;
        }
        else
        {
            _lastOfOurs = streamId;
        }

        return stream;
    }

    /// <summary>The next stream that is ours to open.</summary>
    private protected int NextOfOurs() => _lastOfOurs + (_lastOfOurs > 0 || IsServer ? 2 : 1);

    /// <summary>Says that the peer's stream was opened and is closed already.</summary>
    private protected void Skip(int streamId) => _lastOfPeer = streamId;

    /// <summary>Takes a stream to the state that follows from what is sent or has come, and closes it where that is the end.</summary>
    private protected static void Move(Http2Stream stream, StreamEvent what)
    {
        StreamTransition transition = StreamTransitions.Of(stream.State, what);
        if (transition.IsError)
        {
            throw new InvalidOperationException($"{what} on a stream that is {stream.State}.");
        }

        stream.State = transition.Next;
    }

    /// <summary>Closes a stream of which both ends have sent all.</summary>
    private protected void CloseIfEnded(Http2Stream stream)
    {
        if (stream.State == StreamState.Closed && _streams.ContainsKey(stream.Id))
        {
            CloseStream(stream, default);
        }
    }

    // A stream's frame that is no header section: whether it may come, and on which stream.
    private bool TryFindStream(in FrameHeader header, StreamEvent what, [NotNullWhen(true)] out Http2Stream? stream)
    {
        if (_streams.TryGetValue(header.StreamId, out stream))
        {
            return IsAllowed(stream, what);
        }

        StreamState state = IsIdle(header.StreamId) ? StreamState.Idle : StreamState.Closed;
        if (state == StreamState.Closed && what is StreamEvent.ReceiveData or StreamEvent.ReceiveDataAndEnd)
        {
            RefuseClosed(header.StreamId);
        }
        else if (StreamTransitions.Of(state, what) is { IsError: true } error)
        {
            Fail(EndReason.StreamStateViolated, error.Code);
        }

        return false;
    }

    private bool IsAllowed(Http2Stream stream, StreamEvent what)
    {
        StreamTransition transition = StreamTransitions.Of(stream.State, what);
        if (!transition.IsError)
        {
            return true;
        }

        if (transition.Scope == ErrorScope.Connection)
        {
            Fail(EndReason.StreamStateViolated, transition.Code);
        }
        else
        {
            ResetStream(stream, PeerError(EndReason.StreamStateViolated, transition.Code));
        }

        return false;
    }

    // RFC 9113 §5.1: what the peer sent before it knew of our reset is ignored, and so is what belongs to a stream that our GOAWAY excluded (§6.8); anything else on a closed stream ends
    // the connection.
    private void RefuseClosed(int streamId)
    {
        if (streamId <= LastAccepted && !_resets.Contains(streamId))
        {
            Fail(EndReason.StreamStateViolated, ErrorCode.StreamClosed);
        }
    }

    private protected bool IsIdle(int streamId) => streamId > (IsOfPeer(streamId) ? _lastOfPeer : _lastOfOurs);

    private protected bool IsOfPeer(int streamId) => (streamId % 2 == 1) == IsServer;

    private bool MayBeOpenedByPeer(int streamId)
    {
        // RFC 9113 §5.1.1: clients open odd streams; §8.4: a server opens its own by a promise only.
        if (!IsServer || !IsOfPeer(streamId))
        {
            Fail(EndReason.InvalidStreamId, ErrorCode.ProtocolError);
            return false;
        }

        return true;
    }

    private void ResetStream(int streamId, in ProtocolError error)
    {
        if (error.Scope == ErrorScope.Connection)
        {
            Fail(error);
        }
        else if (_streams.TryGetValue(streamId, out Http2Stream? stream))
        {
            ResetStream(stream, error);
        }
        else if (IsIdle(streamId))
        {
            // RFC 9113 §6.4: RST_STREAM MUST NOT be sent for an idle stream; so the error is the connection's.
            Fail(error with { Scope = ErrorScope.Connection });
        }
        else
        {
            // RFC 9113 §5.1: nothing is sent on a closed stream. The frame costs what its reset would have.
            Spend(FloodKind.ProvokedResets, Host.Now);
        }
    }

    /// <summary>Ends a stream before its time, whosever fault that is.</summary>
    private protected void ResetStream(Http2Stream stream, in ProtocolError error)
    {
        // RFC 9113 §5.1: nothing is sent on a closed stream, such as one whose handler has still to say that it is done.
        if (stream.State != StreamState.Closed)
        {
            WriteReset(stream.Id, error);
        }

        CloseStream(stream, error);
    }

    private protected void WriteReset(int streamId, in ProtocolError error)
    {
        _resets.Add(streamId);
        FrameWriter.WriteRstStream(Host.Output, streamId, (ErrorCode)error.Code);

        // CVE-2025-8671: a reset that the peer's errors make us send costs it as much as one of its own.
        if (error.Origin == ErrorOrigin.Peer)
        {
            Spend(FloodKind.ProvokedResets, Host.Now);
        }
    }

    private protected void CloseStream(Http2Stream stream, in ProtocolError error)
    {
        if (!_streams.Remove(stream.Id))
        {
            return;
        }

        stream.State = StreamState.Closed;
        if (IsOfPeer(stream.Id))
        {
            _openByPeer--;
        }

        if (stream.Scheduled is { } scheduled)
        {
            Scheduler.Close(scheduled);
            stream.Scheduled = null;
        }

        _waiting -= stream.Waiting;
        DropIncoming(stream, opensWindow: false);
        stream.User.OnClosed(error);
        ReturnQueues(stream);
        Resources.Return(stream);
        if (_streams.Count == 0)
        {
            BecomeIdle();
        }
    }

    /// <summary>What nobody will read any more is as good as read: else the connection's window would shrink by it, for as long as the stream is open or for ever.</summary>
    /// <param name="opensWindow">Whether the stream's window is given back too, so that more of it may come.</param>
    internal void DropIncoming(Http2Stream stream, bool opensWindow)
    {
        if (stream.Incoming is { IsEmpty: false } incoming)
        {
            int length = (int)incoming.Length;
            incoming.Clear();
            if (opensWindow)
            {
                UseWindows(stream, length);
            }
            else
            {
                UseConnectionWindow(length);
            }
        }
    }

    /// <summary>What the peer will not take any more is not sent.</summary>
    private protected void DropOutgoing(Http2Stream stream)
    {
        _waiting -= stream.Waiting;
        stream.Outgoing?.Clear();
        UpdateReadiness(stream);
    }

    private void ReturnQueues(Http2Stream stream)
    {
        if (stream.Incoming is { } incoming)
        {
            stream.Incoming = null;
            Resources.ReturnQueue(incoming);
        }

        if (stream.Outgoing is { } outgoing)
        {
            stream.Outgoing = null;
            Resources.ReturnQueue(outgoing);
        }
    }

    private void EndStreams(EndReason reason)
    {
        var error = new ProtocolError(reason, 0, ErrorScope.Connection, ErrorOrigin.Peer);
        while (_streams.Count > 0)
        {
            using Dictionary<int, Http2Stream>.ValueCollection.Enumerator first = _streams.Values.GetEnumerator();
            if (first.MoveNext())
            {
                CloseStream(first.Current, error);
            }
        }
    }
}
