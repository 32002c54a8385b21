using System.Runtime.CompilerServices;

namespace Roundtrip.Http.Http2;

/// <summary>
/// One bucket for each <see cref="FloodKind"/>, kept as the time at which it will be empty again: constant in memory, and nothing to do while nothing comes.
/// </summary>
internal struct FloodBudget
{
    private Buckets _emptyAt;

    /// <summary>Counts one frame.</summary>
    /// <returns>False where it is one too many.</returns>
    public bool TrySpend(FloodKind kind, in FloodLimit limit, long now)
    {
        if (limit.Burst == 0)
        {
            return true;
        }

        ref long emptyAt = ref _emptyAt[(int)kind];
        long empty = limit.EmptyAt(now);
        emptyAt = Math.Max(emptyAt, empty) + limit.Cost;
        return emptyAt - empty <= limit.Burst * limit.Cost;
    }

    /// <summary>Gives <paramref name="frames"/> back: the peer has done something for which they are the ordinary answer.</summary>
    public void Earn(FloodKind kind, in FloodLimit limit, int frames)
    {
        ref long emptyAt = ref _emptyAt[(int)kind];
        emptyAt -= frames * limit.Cost;
    }

    [InlineArray((int)FloodKind.UnknownFrames + 1)]
    private struct Buckets
    {
        private long _first;
    }
}
