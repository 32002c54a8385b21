using Roundtrip.Core;

namespace Roundtrip.Trace.Paths;

/// <summary>Who was met at a hop, and by which flows.</summary>
/// <param name="Address">Null for those who do not answer, who cannot be told apart.</param>
internal sealed record Router(PeerAddress? Address)
{
    public SortedSet<ushort> Flows { get; } = [];
}
