using Roundtrip.Core;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;

namespace Roundtrip.Site.LiveHub;

/// <summary>One of the subscriptions of a WebSocket.</summary>
internal sealed class SocketSubscription(SocketSubscriptions all, long number, Interest interest) : ILiveSink
{
    public long Number => number;

    public Interest Interest { get; set; } = interest;

    public SubscriberLife Life { get; set; } = null!;

    /// <summary>What goes in parts now; null for nothing.</summary>
    public LongMessage? Long { get; set; }

    public bool HasRoom => Long is null && all.HasRoom;

    public void Send(LiveMessage message) => all.Send(this, message);

    public void Send(in LiveGap gap) => all.Send(this, gap);

    public void Finish() => all.Finish(this);

    public void End(EndReason reason) => all.Socket.End(reason);

    // The WebSocket has its own pings. What this is for is that a topic of which nothing came for long is not asked for behind a place that history has forgotten.
    public void Beat()
    {
        if (HasRoom && Life.PassOn() is { } last)
        {
            // Not by its publisher's id: it may be of a message that is none of this client's business.
            all.Tell(this, last.Position.ToString());
        }
    }

    public void Expired() => all.Socket.Expired();
}
