using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

/// <summary>RFC 9113 section 5.1 as one table: each state with each event. A test walks them all.</summary>
public static class StreamTransitions
{
    private const int Events = (int)StreamEvent.ReceivePriority + 1;

    private static readonly StreamTransition[] Table = Build();

    /// <summary>What comes of <paramref name="what"/> in <paramref name="state"/>.</summary>
    public static StreamTransition Of(StreamState state, StreamEvent what) => Table[(int)state * Events + (int)what];

    private static StreamTransition[] Build()
    {
        var table = new StreamTransition[((int)StreamState.Closed + 1) * Events];
        foreach (StreamState state in Enum.GetValues<StreamState>())
        {
            foreach (StreamEvent what in Enum.GetValues<StreamEvent>())
            {
                table[(int)state * Events + (int)what] = Decide(state, what);
            }
        }

        return table;
    }

    private static StreamTransition Decide(StreamState state, StreamEvent what) => (state, what) switch
    {
        // §5.1, §5.3.2: PRIORITY may come in any state and moves none.
        (_, StreamEvent.ReceivePriority) => new(state),

        (StreamState.Idle, StreamEvent.SendHeaders or StreamEvent.ReceiveHeaders) => new(StreamState.Open),
        (StreamState.Idle, StreamEvent.SendHeadersAndEnd) => new(StreamState.HalfClosedLocal),
        (StreamState.Idle, StreamEvent.ReceiveHeadersAndEnd) => new(StreamState.HalfClosedRemote),
        (StreamState.Idle, StreamEvent.SendPushPromise) => new(StreamState.ReservedLocal),
        (StreamState.Idle, StreamEvent.ReceivePushPromise) => new(StreamState.ReservedRemote),

        // §5.1 idle: any other frame MUST be a connection error of type PROTOCOL_ERROR.
        (StreamState.Idle, _) => Broken,

        (StreamState.ReservedLocal, StreamEvent.SendHeaders) => new(StreamState.HalfClosedRemote),
        (StreamState.ReservedLocal, StreamEvent.SendHeadersAndEnd) => new(StreamState.Closed),
        (StreamState.ReservedLocal, StreamEvent.SendReset or StreamEvent.ReceiveReset) => new(StreamState.Closed),
        (StreamState.ReservedLocal, StreamEvent.ReceiveWindowUpdate) => new(state),
        (StreamState.ReservedLocal, _) => Broken,

        (StreamState.ReservedRemote, StreamEvent.ReceiveHeaders) => new(StreamState.HalfClosedLocal),
        (StreamState.ReservedRemote, StreamEvent.ReceiveHeadersAndEnd) => new(StreamState.Closed),
        (StreamState.ReservedRemote, StreamEvent.SendReset or StreamEvent.ReceiveReset) => new(StreamState.Closed),
        (StreamState.ReservedRemote, _) => Broken,

        // Headers on an open stream are trailers, or come after interim ones: which of them may come is the message's rule (§8.1).
        (StreamState.Open, StreamEvent.SendHeaders or StreamEvent.SendData) => new(state),
        (StreamState.Open, StreamEvent.ReceiveHeaders or StreamEvent.ReceiveData) => new(state),
        (StreamState.Open, StreamEvent.SendHeadersAndEnd or StreamEvent.SendDataAndEnd) => new(StreamState.HalfClosedLocal),
        (StreamState.Open, StreamEvent.ReceiveHeadersAndEnd or StreamEvent.ReceiveDataAndEnd) => new(StreamState.HalfClosedRemote),
        (StreamState.Open, StreamEvent.SendReset or StreamEvent.ReceiveReset) => new(StreamState.Closed),
        (StreamState.Open, StreamEvent.ReceiveWindowUpdate) => new(state),

        (StreamState.HalfClosedLocal, StreamEvent.ReceiveHeaders or StreamEvent.ReceiveData) => new(state),
        (StreamState.HalfClosedLocal, StreamEvent.ReceiveHeadersAndEnd or StreamEvent.ReceiveDataAndEnd) => new(StreamState.Closed),
        (StreamState.HalfClosedLocal, StreamEvent.SendReset or StreamEvent.ReceiveReset) => new(StreamState.Closed),
        (StreamState.HalfClosedLocal, StreamEvent.ReceiveWindowUpdate) => new(state),

        (StreamState.HalfClosedRemote, StreamEvent.SendHeaders or StreamEvent.SendData) => new(state),
        (StreamState.HalfClosedRemote, StreamEvent.SendHeadersAndEnd or StreamEvent.SendDataAndEnd) => new(StreamState.Closed),
        (StreamState.HalfClosedRemote, StreamEvent.SendReset or StreamEvent.ReceiveReset) => new(StreamState.Closed),
        (StreamState.HalfClosedRemote, StreamEvent.ReceiveWindowUpdate) => new(state),

        // §5.1 half-closed (remote): anything else is a stream error of type STREAM_CLOSED.
        (StreamState.HalfClosedRemote, StreamEvent.ReceiveHeaders or StreamEvent.ReceiveHeadersAndEnd) => Late,
        (StreamState.HalfClosedRemote, StreamEvent.ReceiveData or StreamEvent.ReceiveDataAndEnd) => Late,

        // §5.1 closed: these may still be under way from before the peer knew.
        (StreamState.Closed, StreamEvent.ReceiveWindowUpdate or StreamEvent.ReceiveReset) => new(state),

        // §5.1 closed: after both ends have sent END_STREAM, or the peer its RST_STREAM, more is a connection error of type STREAM_CLOSED.
        // What comes after a reset of ours is ignored: the connection remembers its own resets and does not ask here.
        (StreamState.Closed, StreamEvent.ReceiveHeaders or StreamEvent.ReceiveHeadersAndEnd) => Over,
        (StreamState.Closed, StreamEvent.ReceiveData or StreamEvent.ReceiveDataAndEnd) => Over,

        _ => Broken,
    };

    private static StreamTransition Broken => new(StreamState.Closed, ErrorCode.ProtocolError, ErrorScope.Connection);

    private static StreamTransition Late => new(StreamState.Closed, ErrorCode.StreamClosed, ErrorScope.Exchange);

    private static StreamTransition Over => new(StreamState.Closed, ErrorCode.StreamClosed, ErrorScope.Connection);
}
