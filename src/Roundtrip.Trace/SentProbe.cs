using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>A probe that was sent, and what becomes of it.</summary>
internal sealed class SentProbe(in Probe probe, long at)
{
    public Probe Probe { get; } = probe;

    /// <summary>In nanoseconds.</summary>
    public long SentAt { get; } = at;

    public Answer? Answer { get; set; }

    /// <summary>Whether it is waited for no longer. An answer is taken nevertheless.</summary>
    public bool IsGivenUp { get; set; }

    public bool IsOpen => Answer is null && !IsGivenUp;

    /// <summary>Whether the answer ends the path: the target's, or of one who can go no further.</summary>
    public bool IsEnd => Answer is { Kind: not AnswerKind.TimeExceeded };

    public ProbeResult Result => new(Probe, SentAt, Answer);
}
