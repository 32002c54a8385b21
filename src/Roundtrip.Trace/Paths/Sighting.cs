namespace Roundtrip.Trace.Paths;

/// <summary>One flow at one hop: the probes that ask who is there, and what has come of them.</summary>
internal sealed class Sighting(ushort flow)
{
    public ushort Flow { get; } = flow;

    public List<SentProbe> Probes { get; } = [];

    /// <summary>The first that was answered.</summary>
    public SentProbe? Answered { get; set; }

    /// <summary>Whether nobody is expected to answer any more, though others at this hop do.</summary>
    public bool IsStar { get; set; }

    /// <summary>Whether a probe is to be sent.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Before this moment no probe is sent.</summary>
    public long NotBefore { get; set; } = long.MinValue;

    public bool IsOpen => Probes.Exists(probe => probe.IsOpen);

    public bool IsSettled => Answered is not null || IsStar;

    /// <summary>Whether there was a probe and nothing came of it, so far.</summary>
    public bool IsUnanswered => !IsSettled && !IsQueued && !IsOpen;
}
