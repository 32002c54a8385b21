namespace Roundtrip.Trace.Paths.Drawing;

/// <summary>A line of a drawing.</summary>
/// <param name="Columns">Its characters, two to a column.</param>
/// <param name="Node">Whose line it is, a number among the graph's nodes; null between two hops.</param>
public readonly record struct DrawnLine(string Columns, int? Node)
{
    /// <summary>The same columns without the node's sign, for what is to stand below its line.</summary>
    public string Below { get; init; } = "";

    /// <summary>The nodes that it leads to, where the drawing does not show them.</summary>
    public IReadOnlyList<int> To { get; init; } = [];
}
