using Roundtrip.Core;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;

namespace Roundtrip.Site.LiveHub;

/// <summary>One of the subscriptions of a WebSocket.</summary>
internal sealed class SocketSubscription(LiveSocket socket, long number, Interest interest) : ILiveSink
{
    public long Number => number;

    public Interest Interest { get; set; } = interest;

    public SubscriberLife Life { get; set; } = null!;

    /// <summary>The first offset that it may give.</summary>
    public long Start { get; set; }

    /// <summary>What goes in parts now; null for nothing.</summary>
    public LongMessage? Long { get; set; }

    public bool HasRoom => Long is null && socket.HasRoom;

    /// <summary>Whether it is the one that gives a message, where another wants it too.</summary>
    public bool Gives(LiveMessage message) => message.Offset >= Start && Interest.Covers(message);

    public void Send(LiveMessage message) => socket.Send(this, message);

    public void Send(in LiveGap gap) => socket.Send(this, gap);

    public void Finish() => socket.Finish(this);

    public void End(EndReason reason) => socket.End(reason);

    // The WebSocket has its own pings.
    public void Beat()
    {
    }

    public void Expired() => socket.Expired();
}
