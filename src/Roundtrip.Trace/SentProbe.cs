using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>A probe that was sent, and what has become of it.</summary>
public sealed class SentProbe
{
    internal SentProbe(in Probe probe, long at) => (Probe, SentAt) = (probe, at);

    public Probe Probe { get; }

    /// <summary>In nanoseconds.</summary>
    public long SentAt { get; }

    /// <summary>What came back; null while nothing has.</summary>
    public Answer? Answer { get; internal set; }

    /// <summary>Whether it is waited for no longer. An answer is taken nevertheless.</summary>
    public bool IsGivenUp { get; internal set; }

    public bool IsOpen => Answer is null && !IsGivenUp;

    /// <summary>In nanoseconds; of what was answered. A clock of the kernel's beside ours may make an answer seem to come before its probe.</summary>
    public long RoundTrip => Math.Max(0, Answer!.Value.At - SentAt);

    /// <summary>Whether the answer ends the path: the target's, or of one who can go no further.</summary>
    internal bool IsEnd => Answer is { Kind: not AnswerKind.TimeExceeded };
}
