namespace Roundtrip.Http.Http2.Priority;

/// <summary>Nodes without an open stream that are kept, up to a limit; the one that was spoken of longest ago goes first.</summary>
internal sealed class RetainedNodes(int limit)
{
    private TreeNode? _newest;
    private TreeNode? _oldest;

    public int Count { get; private set; }

    /// <summary>The node that is one too many, if there is one.</summary>
    public TreeNode? Excess => Count > limit ? _oldest : null;

    public void Add(TreeNode node)
    {
        node.Retained = this;
        node.Newer = null;
        node.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = node;
        }

        _newest = node;
        _oldest ??= node;
        Count++;
    }

    public void Remove(TreeNode node)
    {
        if (node.Newer is null)
        {
            _newest = node.Older;
        }
        else
        {
            node.Newer.Older = node.Older;
        }

        if (node.Older is null)
        {
            _oldest = node.Newer;
        }
        else
        {
            node.Older.Newer = node.Newer;
        }

        node.Retained = null;
        node.Newer = node.Older = null;
        Count--;
    }
}
