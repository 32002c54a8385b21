namespace Roundtrip.Tools.Tracing;

/// <summary>How a search for all paths stands.</summary>
/// <param name="Probes">Sent so far.</param>
/// <param name="Answers">Had so far.</param>
public sealed record PathsProgress(int Probes, int Answers)
{
    /// <summary>At the end: all that was found.</summary>
    public PathsResult? Result { get; init; }
}
