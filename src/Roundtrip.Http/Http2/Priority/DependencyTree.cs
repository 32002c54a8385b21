using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// RFC 7540 section 5.3: a ready stream goes before all that depend on it; siblings share by their weights, by start-time fair queueing, so that of two that are always ready
/// neither is more than a frame ahead of its share. RFC 9113 has dropped these signals; older clients send no others.
/// </summary>
/// <remarks>
/// A call costs O(d log n) at most, where d is how deep the stream stands. Both are bounded by the open streams and what is kept beside them,
/// <see cref="MaximumClosed"/> and <see cref="MaximumPlaceholders"/>: a flood of PRIORITY costs neither more memory nor more time a frame than that.
/// </remarks>
public sealed class DependencyTree : IStreamScheduler
{
    /// <summary>How many closed streams keep their place, for those that depend on them or still name them (section 5.3.4).</summary>
    public const int MaximumClosed = 32;

    /// <summary>How many streams that were never opened have a place. Clients that group their streams by such use half a dozen.</summary>
    public const int MaximumPlaceholders = 32;

    private readonly OpenStreams _streams;
    private readonly Dictionary<int, TreeNode> _nodes = [];
    private readonly Stack<TreeNode> _free = [];
    private readonly TreeNode _root = new();
    private readonly RetainedNodes _closed = new(MaximumClosed);
    private readonly RetainedNodes _placeholders = new(MaximumPlaceholders);

    public DependencyTree()
        : this(new OpenStreams())
    {
    }

    internal DependencyTree(OpenStreams streams) => _streams = streams;

    internal TreeNode Root => _root;

    public ScheduledStream Open(int streamId, StreamPriority? priority, object? owner)
    {
        ScheduledStream stream = _streams.Add(streamId, priority, owner);
        Enter(stream);
        return stream;
    }

    public void Close(ScheduledStream stream)
    {
        Leave(stream);
        _streams.Remove(stream);
    }

    public void SetReady(ScheduledStream stream, bool ready)
    {
        if (stream.IsReady != ready)
        {
            stream.IsReady = ready;
            if (ready)
            {
                stream.Node!.Activate();
            }
            else
            {
                stream.Node!.Deactivate();
            }
        }
    }

    public ScheduledStream? Next()
    {
        TreeNode node = _root;
        while (node.IsActive)
        {
            if (node.Stream is { IsReady: true } stream)
            {
                return stream;
            }

            node = node.NextChild;
        }

        return null;
    }

    public void Sent(ScheduledStream stream, int bytes) => stream.Node!.Charge(bytes);

    public ProtocolError Reprioritize(int streamId, in PriorityFields fields)
    {
        // RFC 7540 §5.3.1: a stream cannot depend on itself.
        if (streamId == fields.Dependency)
        {
            return FrameErrors.Stream(EndReason.StreamDependsOnItself, ErrorCode.ProtocolError);
        }

        if (FindOrMake(streamId) is not { } node)
        {
            return default;
        }

        // RFC 7540 §5.3.1 and §5.3.4: who depends on a stream that has no place any more has the default priority.
        TreeNode? parent = FindOrMake(fields.Dependency);
        Place(node, parent ?? _root, parent is null ? PriorityFields.Default : fields);
        Trim(_placeholders);
        return default;
    }

    /// <summary>Ignored: RFC 9218's signals mean nothing here.</summary>
    public ProtocolError Update(int streamId, StreamPriority priority) => default;

    /// <summary>Kept with the stream, but without effect here.</summary>
    public void Override(ScheduledStream stream, PriorityParameters response) => stream.Response = response;

    internal void Enter(ScheduledStream stream)
    {
        if (_nodes.TryGetValue(stream.StreamId, out TreeNode? node))
        {
            node.Retained?.Remove(node);
        }
        else
        {
            node = Make(stream.StreamId);
        }

        node.Stream = stream;
        stream.Node = node;
        if (stream.IsReady)
        {
            node.Activate();
        }
    }

    internal void Leave(ScheduledStream stream)
    {
        TreeNode node = stream.Node!;
        stream.Node = null;
        node.Stream = null;
        node.Deactivate();
        _closed.Add(node);
        Trim(_closed);
    }

    // Null where the stream is closed and forgotten: it gets no place again, so that a client cannot bring back the dead by the thousand.
    private TreeNode? FindOrMake(int streamId)
    {
        if (streamId == 0)
        {
            return _root;
        }

        if (_nodes.TryGetValue(streamId, out TreeNode? node))
        {
            // Spoken of: it is the last to be forgotten.
            if (node.Retained is { } retained)
            {
                retained.Remove(node);
                retained.Add(node);
            }

            return node;
        }

        if (!_streams.IsIdle(streamId))
        {
            return null;
        }

        // RFC 7540 §5.3.1: an idle stream that is depended on has the default priority.
        node = Make(streamId);
        _placeholders.Add(node);
        return node;
    }

    private static void Place(TreeNode node, TreeNode parent, in PriorityFields fields)
    {
        // It stays where it is, with what it has had of its share.
        if (ReferenceEquals(node.Parent, parent) && !fields.IsExclusive)
        {
            node.Weight = fields.Weight;
            return;
        }

        // RFC 7540 §5.3.3: a stream that is made dependent on one below it: that one first takes its place, with its own weight.
        if (parent.IsBelow(node))
        {
            TreeNode former = node.Parent!;
            parent.Detach();
            parent.AttachTo(former);
        }

        node.Detach();
        if (fields.IsExclusive)
        {
            // RFC 7540 §5.3.1: all that depended on the parent now depends on the stream.
            while (parent.FirstChild is { } child)
            {
                child.Detach();
                child.AttachTo(node);
            }
        }

        node.Weight = fields.Weight;
        node.AttachTo(parent);
    }

    private TreeNode Make(int streamId)
    {
        TreeNode node = _free.TryPop(out TreeNode? free) ? free : new TreeNode();
        node.StreamId = streamId;
        _nodes.Add(streamId, node);
        node.AttachTo(_root);
        return node;
    }

    private void Trim(RetainedNodes retained)
    {
        while (retained.Excess is { } node)
        {
            retained.Remove(node);
            Forget(node);
        }
    }

    // RFC 7540 §5.3.4: those that depend on a stream that is removed depend on its parent, and share its weight by their own.
    private void Forget(TreeNode node)
    {
        int sum = 0;
        for (TreeNode? child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            sum += child.Weight;
        }

        TreeNode parent = node.Parent!;
        while (node.FirstChild is { } child)
        {
            child.Detach();
            child.Weight = Math.Max(1, node.Weight * child.Weight / sum);
            child.AttachTo(parent);
        }

        node.Detach();
        _nodes.Remove(node.StreamId);
        node.Reset();
        _free.Push(node);
    }
}
