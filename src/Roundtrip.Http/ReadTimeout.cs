namespace Roundtrip.Http;

/// <summary>One stage of httpd's RequestReadTimeout: a time to begin with, which grows as bytes come, up to a maximum.</summary>
/// <param name="Initial">Milliseconds until the stage must be over if nothing comes; 0 is no limit.</param>
/// <param name="Maximum">Milliseconds after which the stage must be over however much comes.</param>
/// <param name="MinimumRate">Each this many bytes add a second; 0 adds nothing.</param>
public readonly record struct ReadTimeout(long Initial, long Maximum, int MinimumRate)
{
    /// <summary>The moment by which a stage that began at <paramref name="began"/> must be over, after <paramref name="received"/> bytes.</summary>
    public long DeadlineAt(long began, long received)
    {
        if (Initial == 0)
        {
            return Core.Deadline.None;
        }

        long earned = MinimumRate > 0 ? received * 1000 / MinimumRate : 0;
        long allowed = Math.Min(Initial + earned, Maximum);
        return allowed > Core.Deadline.None - began ? Core.Deadline.None : began + allowed;
    }
}
