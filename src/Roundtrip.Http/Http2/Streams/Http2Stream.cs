using Roundtrip.Core;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Http2;

/// <summary>One stream, of either role: its state, its windows, and the content that waits on its way in and out. Pooled by <see cref="Http2Resources"/>.</summary>
internal sealed class Http2Stream
{
    public SendWindow SendWindow;
    public ReceiveWindow ReceiveWindow;

    public int Id { get; private set; }

    public StreamState State { get; set; }

    public IStreamUser User { get; private set; } = null!;

    /// <summary>Where the scheduler has it; null while it has nothing to do with scheduling.</summary>
    public ScheduledStream? Scheduled { get; set; }

    /// <summary>Content that came and was not read; null before any came.</summary>
    public OutputQueue? Incoming { get; set; }

    /// <summary>Content that waits to be sent; null before there was any.</summary>
    public OutputQueue? Outgoing { get; set; }

    /// <summary>Whether the peer sends no more.</summary>
    public bool IsIncomingEnded => State is StreamState.HalfClosedRemote or StreamState.ReservedLocal or StreamState.Closed;

    /// <summary>Whether END_STREAM goes with the last byte of <see cref="Outgoing"/>.</summary>
    public bool IsOutgoingComplete { get; set; }

    /// <summary>The Content-Length of what comes; less than 0 where none was said.</summary>
    public long ExpectedContent { get; set; }

    /// <summary>The content that came, without padding.</summary>
    public long ReceivedContent { get; set; }

    /// <summary>Since when the peer's windows let nothing go out, or <see cref="Deadline.None"/>; and how much had gone out by then.</summary>
    public long StalledSince { get; set; }

    public long SentWhenStalled { get; set; }

    public long SentContent { get; set; }

    /// <summary>Milliseconds for which the peer may take nothing of what waits, or send nothing of what is waited for: H2StreamTimeout.</summary>
    public int Timeout { get; set; }

    public long Waiting => Outgoing?.Length ?? 0;

    public void Begin(int id, IStreamUser user, int sendWindow, int receiveWindow, int timeout)
    {
        Id = id;
        User = user;
        State = StreamState.Idle;
        SendWindow = new SendWindow(sendWindow);
        ReceiveWindow = new ReceiveWindow(receiveWindow);
        IsOutgoingComplete = false;
        ExpectedContent = -1;
        ReceivedContent = 0;
        SentContent = 0;
        StalledSince = Deadline.None;
        Timeout = timeout;
    }

    public void Clear()
    {
        User = null!;
        Scheduled = null;
        State = StreamState.Closed;
    }
}
