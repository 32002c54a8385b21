namespace Roundtrip.Http.Http2;

/// <summary>How many frames of a kind may come at once, and how many a second for ever.</summary>
/// <param name="Burst">At once; 0 is no limit.</param>
/// <param name="PerSecond">1 to 1000; 0 where none comes back for as long as the connection lasts.</param>
public readonly record struct FloodLimit(int Burst, int PerSecond)
{
    /// <summary>Milliseconds that each frame costs.</summary>
    internal long Cost => Math.Max(1, 1000 / Math.Max(1, PerSecond));

    /// <summary>When a bucket that nothing was taken from is empty: now, or, where no time heals, always.</summary>
    internal long EmptyAt(long now) => PerSecond == 0 ? 0 : now;
}
