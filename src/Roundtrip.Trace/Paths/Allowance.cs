namespace Roundtrip.Trace.Paths;

/// <summary>
/// What the routers of one hop may be asked for: a bucket for each that is known, as Linux has one for each that it answers (a burst of six, then one a second). Which router a new flow meets
/// is not known before, so the buckets count as one; a router that had to answer more than its part is asked again. Most routers are more generous than that: one probe more than the bucket
/// holds finds out, and where it is answered the bucket grows.
/// </summary>
internal sealed class Allowance
{
    public const int Burst = 6;
    private const int Growth = 4;

    // A router that needs longer than four seconds for an answer is as good as silent.
    private const double Least = 0.25;

    // A little more than the second that Linux counts, since packets do not come as evenly as they go.
    private const double Refill = 1.05 * Span.Second;

    private double _used;
    private long _at;
    private double _size = 1;
    private SentProbe? _trial;
    private bool _mayTry = true;

    /// <param name="isFirst">
    /// Whether it is the first probe of its flow. Only such a one may be a trial; another goes to a router that has used up its part, and costs the hop the time in which that gets more.
    /// </param>
    public void Sent(SentProbe probe, int routers, bool isFirst)
    {
        _used = UsedAt(probe.SentAt, routers) + Cost(routers, isFirst);
        _at = probe.SentAt;
        if (isFirst && _used > Burst * _size * routers)
        {
            (_trial, _mayTry) = (probe, false);
        }
    }

    /// <summary>When one more may be sent.</summary>
    public long Next(int routers, bool isFirst)
    {
        double excess = _used + Cost(routers, isFirst) - Burst * Math.Max(1, _size) * routers;
        return excess <= 0 || (isFirst && _mayTry && _size >= 1) ? long.MinValue : _at + (long)(excess / (routers * _size) * Refill);
    }

    public void Answered(SentProbe probe)
    {
        if (probe == _trial)
        {
            (_trial, _mayTry) = (null, true);
            _size *= Growth;
        }
    }

    /// <summary>A router that does answer has not, twice in a row: its bucket is empty.</summary>
    /// <param name="isAgain">Whether that was so already: it gives less than was thought.</param>
    public void Empty(long at, int routers, bool isAgain)
    {
        _used = Math.Max(UsedAt(at, routers), Burst * routers);
        _at = at;
        _size = isAgain ? Math.Max(Math.Min(_size, 1) / 2, Least) : Math.Min(_size, 1);
        _mayTry = false;
    }

    private static int Cost(int routers, bool isFirst) => isFirst ? 1 : routers;

    private double UsedAt(long at, int routers) => Math.Max(0, _used - Math.Max(0, at - _at) / Refill * routers * _size);
}
