namespace Roundtrip.Trace.Rounds;

/// <summary>A probe of a round.</summary>
/// <param name="Order">Its place among all that its hop was sent.</param>
/// <param name="IsFar">Whether it was to ask for the end from afar, and is none of a hop's.</param>
internal sealed record RoundProbe(SentProbe Sent, int Order, bool IsFar);
