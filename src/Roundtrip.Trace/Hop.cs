using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>What one TTL's probes have brought.</summary>
/// <param name="TimeToLive">The distance.</param>
/// <param name="Probes">In the order in which they were sent. Of the path's end these are also answers to probes that might have gone further.</param>
public sealed record Hop(int TimeToLive, IReadOnlyList<ProbeResult> Probes)
{
    /// <summary>Who answered, in the order of the probes, each once.</summary>
    public IEnumerable<PeerAddress> Addresses => Answers.Select(answer => answer.From).Distinct();

    public IEnumerable<Answer> Answers => Probes.Where(probe => probe.Answer is not null).Select(probe => probe.Answer!.Value);

    public bool IsSilent => Probes.All(probe => probe.Answer is null);

    /// <summary>The round trips to one of its addresses, or to all.</summary>
    public Statistics StatisticsOf(PeerAddress? address = null)
    {
        var statistics = new Statistics();
        foreach (ProbeResult probe in Probes)
        {
            if (probe.Answer is null)
            {
                statistics.NoteLost();
            }
            else if (address is null || probe.Answer.Value.From == address)
            {
                statistics.Note(probe.RoundTrip);
            }
        }

        return statistics;
    }
}
