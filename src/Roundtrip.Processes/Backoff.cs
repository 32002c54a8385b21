namespace Roundtrip.Processes;

/// <summary>How long to wait before what died is started again: doubling, until it has lived long enough. Times are milliseconds.</summary>
public struct Backoff
{
    public const long First = 100;
    public const long Longest = 30_000;
    public const long HealthyAfter = 60_000;

    private long _next;

    /// <summary>The delay before the next start.</summary>
    /// <param name="lived">How long it was well before it died.</param>
    /// <param name="healthyAfter">After so long the delays begin anew.</param>
    public long Next(long lived, long healthyAfter = HealthyAfter)
    {
        if (_next == 0 || lived >= healthyAfter)
        {
            _next = First;
        }

        long delay = _next;
        _next = Math.Min(delay * 2, Longest);
        return delay;
    }
}
