using System.Diagnostics;

namespace Roundtrip.Transport.RawSockets;

/// <summary>Moments of the clock that never goes back, in nanoseconds, finer than a loop's.</summary>
public static class MonotonicClock
{
    // A stamp that is older was made on a clock that has been set meanwhile.
    private const long OldestStamp = 10_000_000_000;

    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>The kernel stamps what arrives by the time of day: how long ago that was says when it was on this clock.</summary>
    /// <param name="stamp">Nanoseconds since 1970.</param>
    internal static long Of(long stamp)
    {
        long age = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100 - stamp;
        return Now - (age is > 0 and < OldestStamp ? age : 0);
    }
}
