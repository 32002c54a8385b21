using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Rounds;

/// <summary>The latest probes of a trace without end: their numbers are given again when answers to the first of them are not to be expected any more.</summary>
internal sealed class RecentProbes
{
    /// <summary>At thirty hops a second these are more than two minutes.</summary>
    public const int Kept = 4096;

    private readonly RoundProbe?[] _probes = new RoundProbe?[Kept];

    /// <summary>The number of the next probe; 0 is none's.</summary>
    public ushort NextId { get; private set; } = 1;

    public void Add(RoundProbe probe)
    {
        _probes[probe.Sent.Probe.Id % Kept] = probe;
        NextId = NextId == ushort.MaxValue ? (ushort)1 : (ushort)(NextId + 1);
    }

    /// <summary>What is still on its way shall not be counted.</summary>
    public void Clear() => Array.Clear(_probes);

    /// <summary>Takes an answer, late ones too.</summary>
    /// <returns>Null if it is for no probe that is known, for one of another flow, or for one that is answered: a duplicate.</returns>
    public RoundProbe? Match(in Answer answer)
    {
        RoundProbe? probe = _probes[answer.ProbeId % Kept];
        if (probe is null || probe.Sent.Probe.Id != answer.ProbeId || probe.Sent.Probe.Flow != answer.Flow || probe.Sent.Answer is not null)
        {
            return null;
        }

        probe.Sent.Answer = answer;
        return probe;
    }
}
