namespace Roundtrip.Server;

/// <summary>
/// Keeps what happens as fast as clients come from burying the log: there is a line at once, then one for each <see cref="Interval"/> with how often it happened since the last. Not thread-safe.
/// </summary>
internal sealed class RepeatedLine
{
    /// <summary>Milliseconds.</summary>
    public const long Interval = 10_000;

    private long _nextAt;
    private long _unsaid;

    /// <summary>It has happened once more.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="times">What the line says of the times before; empty where there were none.</param>
    /// <returns>Whether a line is due.</returns>
    public bool IsDue(long now, out string times)
    {
        _unsaid++;
        times = "";
        if (now < _nextAt)
        {
            return false;
        }

        times = _unsaid > 1 ? $" ({_unsaid} times since this was last said)" : "";
        (_unsaid, _nextAt) = (0, now + Interval);
        return true;
    }
}
