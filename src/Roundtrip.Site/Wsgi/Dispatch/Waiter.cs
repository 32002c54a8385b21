namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>A request that wants a channel: its place in the queue.</summary>
internal abstract class Waiter
{
    private readonly LinkedListNode<Waiter> _node;

    protected Waiter() => _node = new LinkedListNode<Waiter>(this);

    /// <summary>Its place among those of its loop.</summary>
    public LinkedListNode<Waiter> Node => _node;

    /// <summary>The number of its loop in the pool.</summary>
    public int Loop { get; set; }

    /// <summary>Whether it may be given to a channel that has others in hand: it is small, and one of many.</summary>
    public bool MayJoin { get; set; }

    /// <summary>When it began to wait, in monotonic milliseconds.</summary>
    public long Since { get; set; }

    public bool IsWaiting => _node.List is not null;
}
