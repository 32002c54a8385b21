using Roundtrip.Core;

namespace Roundtrip.Server;

/// <summary>Says in the error log that connections could not be accepted, which without descriptors happens as fast as clients come. For one loop.</summary>
/// <param name="log">Gives the log that is the loop's now.</param>
internal sealed class AcceptFailureLog(Func<ErrorLog> log)
{
    private readonly RepeatedLine _failures = new();

    /// <param name="now">Monotonic milliseconds.</param>
    public void Add(EndReason reason, string detail, long now)
    {
        if (_failures.IsDue(now, out string times))
        {
            log().Write(LogLevel.Error, "core", null, $"{EndReasons.Describe(reason)}: {detail}{times}");
        }
    }
}
