namespace Roundtrip.Trace;

/// <summary>How long answers are waited for, from the round trips seen. Spans are nanoseconds.</summary>
internal struct Waiting(long maximum)
{
    private const long Least = 200 * Span.Millisecond;
    private const long Margin = 50 * Span.Millisecond;
    private const long Unknown = Span.Second;

    private long _longest = -1;

    public void Note(long roundTrip) => _longest = Math.Max(_longest, roundTrip);

    /// <summary>After this long without an answer a probe is given up, if a hop at least as far has answered already: what is nearer does not take much longer.</summary>
    public readonly long Known => Math.Min(_longest < 0 ? Unknown : Math.Max(Least, 2 * _longest + Margin), maximum);

    /// <summary>After this long a probe is given up of which nobody knows how far it has to go.</summary>
    public readonly long Beyond => Math.Min(Math.Max(Unknown, Known), maximum);
}
