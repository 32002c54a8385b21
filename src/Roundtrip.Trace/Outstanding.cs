using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>Finds the probe that an answer is for.</summary>
internal sealed class Outstanding
{
    private readonly List<SentProbe> _probes = [];

    /// <summary>All that were sent, in order.</summary>
    public IReadOnlyList<SentProbe> All => _probes;

    /// <summary>The number of the next probe. 0 is none's.</summary>
    public ushort NextId => checked((ushort)(_probes.Count + 1));

    /// <summary>Whether all numbers have been given.</summary>
    public bool IsFull => _probes.Count == ushort.MaxValue;

    public SentProbe Add(in Probe probe, long at)
    {
        if (probe.Id != NextId)
        {
            throw new ArgumentException("Probes are sent in the order in which they were asked for.", nameof(probe));
        }

        var sent = new SentProbe(probe, at);
        _probes.Add(sent);
        return sent;
    }

    /// <summary>Takes an answer, late ones too.</summary>
    /// <returns>Null if it is for no probe, for one of another flow, or for one that is answered: a duplicate.</returns>
    public SentProbe? Match(in Answer answer)
    {
        SentProbe? probe = answer.ProbeId >= 1 && answer.ProbeId <= _probes.Count ? _probes[answer.ProbeId - 1] : null;
        if (probe is null || probe.Probe.Flow != answer.Flow || probe.Answer is not null)
        {
            return null;
        }

        probe.Answer = answer;
        return probe;
    }
}
