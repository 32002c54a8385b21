using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

// Frames out. Header blocks and what answers the peer's frames go to the output at once, in the order in which they were made. DATA waits with its stream until the driver has room for it
// (Produce): which stream goes next is decided as late as can be, so that an urgent one that comes late is not behind what was queued before.
public abstract partial class Http2Connection
{
    // A frame of content is no longer than this, however much the peer would take: the next one may belong to somebody more urgent.
    private const int LongestData = 16_384;

    private readonly int _longestData;

    // As much output as may come about without the driver's asking.
    private const int DirectOutput = 32 * 1024;

    private SendWindow _sendWindow = new(SendWindow.Initial);
    private long _sentContent;
    private long _waiting;

    /// <summary>How many bytes of content wait with their streams, whether or not they may be sent now.</summary>
    public long Waiting => _waiting + (HasPromised ? 1 : 0);

    /// <summary>Whether something was promised that nobody has begun to answer.</summary>
    private protected virtual bool HasPromised => false;

    /// <summary>Whether what was promised is to go before the content of the responses that promised it: that waits until it was begun.</summary>
    private protected bool HoldsPages { get; set; }

    /// <summary>Puts DATA into the output until it holds <paramref name="room"/> bytes, as far as the peer's windows allow.</summary>
    public void Produce(long now, int room)
    {
        _isRunning = true;
        BeforeProducing();
        while (Host.OutputLength < room && _sendWindow.Available > 0 && Scheduler.Next() is { } next)
        {
            WriteData((Http2Stream)next.Owner!, room - (int)Host.OutputLength);
        }

        _isRunning = false;
    }

    /// <summary>Begins what was promised.</summary>
    private protected virtual void BeforeProducing()
    {
    }

    /// <summary>Adds to a stream's content, by <paramref name="bytes"/> that stand in its queue already.</summary>
    internal void ContentAdded(Http2Stream stream, long bytes)
    {
        _waiting += bytes;
        UpdateReadiness(stream);
        Changed();
    }

    /// <summary>The stream's content is complete: END_STREAM goes with the last of it.</summary>
    internal void ContentComplete(Http2Stream stream)
    {
        stream.IsOutgoingComplete = true;
        if (stream.Waiting == 0)
        {
            FrameWriter.WriteHeader(Host.Output, 0, FrameType.Data, FrameFlags.EndStream, stream.Id);
            EndOutgoing(stream);
        }
        else if (GoesAtOnce(stream))
        {
            WriteData(stream, DirectOutput);
        }

        Changed();
    }

    /// <summary>Writes a header section on a stream.</summary>
    internal void WriteSection(Http2Stream stream, ReadOnlySpan<byte> block, bool endStream)
    {
        FrameWriter.WriteHeaders(Host.Output, stream.Id, block, endStream, PeerSettings.MaxFrameSize);
        Move(stream, endStream ? StreamEvent.SendHeadersAndEnd : StreamEvent.SendHeaders);
        Changed();
    }

    /// <summary>The user of a stream has read some of its content.</summary>
    internal void UseWindows(Http2Stream stream, int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        UseConnectionWindow(bytes);

        // A stream whose peer has sent all needs no window.
        int increment = stream.IsIncomingEnded ? 0 : stream.ReceiveWindow.Use(bytes);
        if (increment > 0)
        {
            // The window of a stream grows when it is used up: by then the connection's has been measured.
            WriteWindowUpdate(stream.Id, increment + stream.ReceiveWindow.GrowTo(_receiveWindow.Size));
        }
    }

    private void UseConnectionWindow(int bytes)
    {
        if (bytes > 0 && _phase != ConnectionPhase.Over)
        {
            WriteWindowUpdate(0, _receiveWindow.Use(bytes));
        }
    }

    private void GrowConnectionWindow(int size) => WriteWindowUpdate(0, _receiveWindow.GrowTo(size));

    // RFC 9113 §6.9: an increment of 0 is an error, and means that there is nothing to say.
    private void WriteWindowUpdate(int streamId, int increment)
    {
        if (increment > 0)
        {
            FrameWriter.WriteWindowUpdate(Host.Output, streamId, increment);
        }
    }

    private void WritePing(ulong opaque, bool isAck) => FrameWriter.WritePing(Host.Output, new PingFrame(isAck, opaque));

    private void WriteData(Http2Stream stream, int room)
    {
        long most = Math.Min(Math.Min(stream.Waiting, _longestData), Math.Max(room, 1));
        int count = (int)Math.Min(most, Math.Min(stream.SendWindow.Available, _sendWindow.Available));
        bool isLast = stream.IsOutgoingComplete && count == stream.Waiting;
        FrameWriter.WriteHeader(Host.Output, count, FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream.Id);
        stream.Outgoing!.MoveTo(Host.Output, count);
        stream.SendWindow.Take(count);
        _sendWindow.Take(count);
        stream.SentContent += count;
        _sentContent += count;
        _waiting -= count;
        _floods.Earn(FloodKind.WindowUpdates, Limits.Floods[(int)FloodKind.WindowUpdates], 2);
        Scheduler.Sent(stream.Scheduled!, count);
        if (isLast)
        {
            EndOutgoing(stream);
            return;
        }

        UpdateReadiness(stream);
        stream.User.OnRoom();
    }

    // A short content that nobody else competes with need not wait for the driver, and its exchange ends here.
    private bool GoesAtOnce(Http2Stream stream) => !HoldsPages && stream.Waiting == _waiting && Host.OutputLength + stream.Waiting <= DirectOutput
        && stream.Waiting <= Math.Min(_longestData, Math.Min(stream.SendWindow.Available, _sendWindow.Available));

    private void EndOutgoing(Http2Stream stream)
    {
        Move(stream, StreamEvent.SendDataAndEnd);
        UpdateReadiness(stream);
        OutgoingEnded(stream);
    }

    /// <summary>Everything that we have to send on the stream is in the output.</summary>
    private protected virtual void OutgoingEnded(Http2Stream stream) => CloseIfEnded(stream);

    private void UpdateReadiness(Http2Stream stream)
    {
        if (stream.Scheduled is not { } scheduled)
        {
            return;
        }

        bool hasContent = stream.Waiting > 0;
        Scheduler.SetReady(scheduled, hasContent && stream.SendWindow.Available > 0);
        if (!hasContent)
        {
            stream.StalledSince = Deadline.None;
        }
        else if (stream.StalledSince == Deadline.None && (stream.SendWindow.Available <= 0 || _sendWindow.Available <= 0))
        {
            stream.StalledSince = Host.Now;
            stream.SentWhenStalled = stream.SentContent;
            Arm(Host.Now + stream.Timeout);
        }
    }
}
