namespace Roundtrip.Trace.Paths;

/// <summary>Two neighbours of a path.</summary>
/// <param name="From">The nearer one, a number among the <see cref="PathGraph.Nodes"/>.</param>
/// <param name="To">The one behind it.</param>
/// <param name="Flows">The flows that were seen at both.</param>
public readonly record struct PathLink(int From, int To, int Flows);
