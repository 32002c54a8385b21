namespace Roundtrip.Live.Log;

/// <summary>What a subscriber does not get: told to it in the place where the messages would have been.</summary>
/// <param name="After">The id behind which messages are missing, as the subscriber knows it; empty where it had none.</param>
/// <param name="Before">The id of the message that comes next; empty where none is there yet.</param>
/// <param name="Count">How many are missing at most; -1 where that cannot be known, since the log is another one.</param>
/// <param name="Reason">Why.</param>
public readonly record struct LiveGap(string After, string Before, long Count, LiveGapReason Reason);
