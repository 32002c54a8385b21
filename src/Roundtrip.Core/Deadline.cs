namespace Roundtrip.Core;

/// <summary>
/// Moments of the loop's clock, in milliseconds since an arbitrary start that never goes back. Engines take <c>now</c> as an argument and
/// give back the next moment at which they want to be called.
/// </summary>
public static class Deadline
{
    /// <summary>No deadline.</summary>
    public const long None = long.MaxValue;
}
