namespace Roundtrip.Trace.Rounds;

/// <summary>What a hop may be asked without being asked too much: the bucket of <see cref="Pacing"/>, for probes without number. Moments are nanoseconds.</summary>
internal struct Bucket()
{
    // When it is full again.
    private long _full = long.MinValue;

    /// <summary>From when on the next probe may be sent.</summary>
    public readonly long Next => _full == long.MinValue ? long.MinValue : _full - (Pacing.Burst - 1) * Pacing.Refill;

    public void Sent(long at) => _full = Math.Max(_full, at) + Pacing.Refill;

    /// <summary>Whom the other stands for is the same as whom this one does.</summary>
    public void Join(in Bucket other, long now) => _full = Math.Max(_full, now) + Math.Max(other._full, now) - now;
}
