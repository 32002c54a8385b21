namespace Roundtrip.Trace;

/// <summary>Lengths of time. Moments and spans are nanoseconds here; a moment is one of the clock that the engine is told, which never goes back.</summary>
public static class Span
{
    public const long Microsecond = 1_000;
    public const long Millisecond = 1_000 * Microsecond;
    public const long Second = 1_000 * Millisecond;

    public static double ToMilliseconds(long span) => (double)span / Millisecond;
}
