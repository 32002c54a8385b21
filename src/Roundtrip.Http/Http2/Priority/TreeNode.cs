using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// A stream's place in RFC 7540's tree: of one that is open, of one that was, or of one that was only spoken of. Among its siblings it waits by virtual time: the bytes that
/// went through it, each the longer the smaller its weight is.
/// </summary>
internal sealed class TreeNode : IHeapEntry<TreeNode>
{
    private IndexedHeap<TreeNode> _waiting;

    public int StreamId { get; set; }

    /// <summary>1 to 256.</summary>
    public int Weight { get; set; } = PriorityFields.Default.Weight;

    /// <summary>Null for the root, and for a node that is not in the tree.</summary>
    public TreeNode? Parent { get; private set; }

    public TreeNode? FirstChild { get; private set; }

    public TreeNode? NextSibling { get; private set; }

    /// <summary>The open stream; null for other nodes.</summary>
    public ScheduledStream? Stream { get; set; }

    /// <summary>The nodes that are kept without an open stream, of which this is one. Null while it has one.</summary>
    public RetainedNodes? Retained { get; set; }

    public TreeNode? Newer { get; set; }

    public TreeNode? Older { get; set; }

    /// <summary>Whether it, or a node below it, has something to send.</summary>
    public bool IsActive => Stream is { IsReady: true } || _waiting.Count > 0;

    /// <summary>The active child that has had the least of its share. There must be one.</summary>
    public TreeNode NextChild => _waiting.First;

    int IHeapEntry<TreeNode>.HeapIndex { get; set; }

    private TreeNode? PreviousSibling { get; set; }

    private bool IsWaiting { get; set; }

    // How far it is among its siblings; and how far its children are, as the one that went last began.
    private long Time { get; set; }

    private long ChildrensTime { get; set; }

    bool IHeapEntry<TreeNode>.GoesBefore(TreeNode other) => Time != other.Time ? Time < other.Time : StreamId < other.StreamId;

    /// <summary>Makes it a child of <paramref name="parent"/>; its own children come with it.</summary>
    public void AttachTo(TreeNode parent)
    {
        Parent = parent;
        PreviousSibling = null;
        NextSibling = parent.FirstChild;
        if (NextSibling is not null)
        {
            NextSibling.PreviousSibling = this;
        }

        parent.FirstChild = this;

        // What it had among other siblings counts for nothing here: it begins where they are now.
        Time = parent.ChildrensTime;
        if (IsActive)
        {
            Activate();
        }
    }

    /// <summary>Takes it, with what is below it, out of its parent.</summary>
    public void Detach()
    {
        TreeNode parent = Parent!;
        if (IsWaiting)
        {
            IsWaiting = false;
            parent._waiting.Remove(this);
            parent.Deactivate();
        }

        if (PreviousSibling is null)
        {
            parent.FirstChild = NextSibling;
        }
        else
        {
            PreviousSibling.NextSibling = NextSibling;
        }

        if (NextSibling is not null)
        {
            NextSibling.PreviousSibling = PreviousSibling;
        }

        Parent = PreviousSibling = NextSibling = null;
    }

    /// <summary>Lets it, and all above it, wait for their turn, once it is active.</summary>
    public void Activate()
    {
        for (TreeNode node = this; node is { IsWaiting: false, Parent: { } parent }; node = parent)
        {
            // Who was away does not catch up.
            node.Time = Math.Max(node.Time, parent.ChildrensTime);
            node.IsWaiting = true;
            parent._waiting.Add(node);
        }
    }

    /// <summary>Lets it, and those above it that have nothing else to send, wait no more, if it is not active.</summary>
    public void Deactivate()
    {
        for (TreeNode node = this; node is { IsWaiting: true, IsActive: false, Parent: { } parent }; node = parent)
        {
            node.IsWaiting = false;
            parent._waiting.Remove(node);
        }
    }

    /// <summary>Counts what its stream sent, for it and for all above it.</summary>
    public void Charge(int bytes)
    {
        for (TreeNode node = this; node.Parent is { } parent; node = parent)
        {
            long began = parent._waiting.Count > 0 ? Math.Min(node.Time, parent._waiting.First.Time) : node.Time;
            parent.ChildrensTime = Math.Max(parent.ChildrensTime, began);

            // A byte through the heaviest takes one unit of time.
            node.Time += (long)bytes * 256 / node.Weight;
            if (node.IsWaiting)
            {
                parent._waiting.MoveBack(node);
            }
        }
    }

    /// <summary>Whether <paramref name="other"/> stands somewhere above it.</summary>
    public bool IsBelow(TreeNode other)
    {
        for (TreeNode? node = Parent; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes a node that is in no tree and has no children ready for another stream.</summary>
    public void Reset()
    {
        StreamId = 0;
        Weight = PriorityFields.Default.Weight;
        Time = ChildrensTime = 0;
    }
}
