using Roundtrip.Core;

namespace Roundtrip.Server;

/// <summary>
/// Says in the error log that connections could not be accepted. Without descriptors that happens as fast as clients come, and a line for each would bury the
/// log: there is one at once, then one for each <see cref="Interval"/> with the number of failures since the last. For one loop.
/// </summary>
/// <param name="log">Gives the log that is the loop's now.</param>
internal sealed class AcceptFailureLog(Func<ErrorLog> log)
{
    /// <summary>Milliseconds.</summary>
    public const long Interval = 10_000;

    private long _nextAt;
    private long _unsaid;

    /// <param name="now">Monotonic milliseconds.</param>
    public void Add(EndReason reason, string detail, long now)
    {
        _unsaid++;
        if (now < _nextAt)
        {
            return;
        }

        string times = _unsaid > 1 ? $" ({_unsaid} times since this was last said)" : "";
        log().Write(LogLevel.Error, "core", null, $"{EndReasons.Describe(reason)}: {detail}{times}");
        (_unsaid, _nextAt) = (0, now + Interval);
    }
}
