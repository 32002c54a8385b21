namespace Roundtrip.Trace;

/// <summary>
/// When the next probe may go out. Linux answers one address with six ICMP errors in a burst and then one a second (icmp_ratelimit, XRLIM_BURST_FACTOR); five leave one for somebody else.
/// Moments and spans are nanoseconds.
/// </summary>
internal struct Pacing
{
    /// <summary>Between two packets, whichever way they go.</summary>
    public const long Gap = 500 * Span.Microsecond;

    internal const int Burst = 5;
    internal const long Refill = Span.Second;

    private long _next;

    /// <summary>When any packet may go out.</summary>
    public readonly long Next => _next;

    public void Sent(long at) => _next = at + Gap;

    /// <summary>When one more may be sent to somebody who was sent these.</summary>
    /// <param name="sent">Moments in order.</param>
    public static long NextTo(IEnumerable<long> sent)
    {
        // The bucket as one moment: when it will be full again.
        long full = long.MinValue;
        foreach (long at in sent)
        {
            full = Math.Max(full, at) + Refill;
        }

        return full == long.MinValue ? full : full - (Burst - 1) * Refill;
    }
}
