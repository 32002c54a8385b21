using Roundtrip.Live.Subscribing;

namespace Roundtrip.Site.LiveHub;

/// <summary>A subscriber and the carrier that it has, on one loop.</summary>
internal sealed class LoopSubscriber(Subscriber subscriber, ILiveSink sink)
{
    public Subscriber Subscriber => subscriber;

    public ILiveSink Sink => sink;

    /// <summary>When its token ends, in seconds since 1970.</summary>
    public long Expires { get; set; } = long.MaxValue;

    /// <summary>Its place in the loop's list.</summary>
    public int Index { get; set; }

    /// <summary>The loop's beat at which something was sent last.</summary>
    public long SentAt { get; set; }

    /// <summary>Which of the messages that <see cref="OfferQueue"/> has begun with it is still to be offered: a bit each, the first the lowest.</summary>
    public uint Awaits { get; set; }

    /// <summary>Whether it has been taken out.</summary>
    public bool IsOver { get; set; }
}
