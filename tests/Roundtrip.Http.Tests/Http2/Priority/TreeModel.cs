using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

/// <summary>RFC 7540 section 5.3 said as slowly as the RFC says it: who depends on whom, in one dictionary. It forgets nobody.</summary>
internal sealed class TreeModel
{
    private readonly Dictionary<int, (int Parent, int Weight)> _nodes = [];
    private int _last;

    public void Open(int streamId)
    {
        _last = Math.Max(_last, streamId);
        _nodes.TryAdd(streamId, (0, 16));
    }

    public void Reprioritize(int streamId, PriorityFields fields)
    {
        if (streamId == fields.Dependency || !Knows(streamId))
        {
            return;
        }

        (int parent, bool exclusive, int weight) = Knows(fields.Dependency) ? (fields.Dependency, fields.IsExclusive, fields.Weight) : (0, false, 16);
        if (Ancestors(parent).Contains(streamId))
        {
            _nodes[parent] = (_nodes[streamId].Parent, _nodes[parent].Weight);
        }

        if (exclusive)
        {
            foreach (int child in _nodes.Keys.Where(id => id != streamId && _nodes[id].Parent == parent).ToArray())
            {
                _nodes[child] = (streamId, _nodes[child].Weight);
            }
        }

        _nodes[streamId] = (parent, weight);
    }

    public IEnumerable<int> Ancestors(int streamId)
    {
        for (int id = streamId; id != 0 && (id = _nodes[id].Parent) != 0;)
        {
            yield return id;
        }
    }

    public override string ToString() => Render(0);

    /// <summary>A tree in the same form: each stream with its weight, those that depend on it in brackets, in their order.</summary>
    public static string Render(TreeNode node)
    {
        var children = new List<TreeNode>();
        for (TreeNode? child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            children.Add(child);
        }

        return string.Join(' ', children.OrderBy(child => child.StreamId).Select(child => $"{child.StreamId}:{child.Weight}{Brackets(Render(child))}"));
    }

    private string Render(int parent) => string.Join(
        ' ', _nodes.Keys.Where(id => _nodes[id].Parent == parent).Order().Select(id => $"{id}:{_nodes[id].Weight}{Brackets(Render(id))}"));

    private static string Brackets(string children) => children.Length == 0 ? "" : $"({children})";

    // An idle stream gets the default priority when it is first spoken of.
    private bool Knows(int streamId)
    {
        if (streamId > _last)
        {
            _nodes.TryAdd(streamId, (0, 16));
        }

        return streamId == 0 || _nodes.ContainsKey(streamId);
    }
}
