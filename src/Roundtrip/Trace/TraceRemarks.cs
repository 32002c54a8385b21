using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Mtu;

namespace Roundtrip.Program;

/// <summary>What there is to say of a trace that its lines do not.</summary>
internal static class TraceRemarks
{
    public static IEnumerable<string> Of(string host, TraceResult result)
    {
        if (result.Loop is { } loop)
        {
            yield return $"routing loop: hops {loop.First} to {loop.First + loop.Length - 1} come again and again; {host} cannot be reached";
        }
        else if (result.Outcome == TraceOutcome.Unreachable)
        {
            yield return $"{host} cannot be reached: hop {result.Hops[^1].TimeToLive} says so";
        }
        else if (result.Outcome == TraceOutcome.NotReached)
        {
            yield return $"{host} has not answered within {result.Request.Options.MaximumTimeToLive} hops";
        }

        if (result.Hops.FirstOrDefault(hop => hop.Answers.Any(answer => answer.IsTranslated)) is { } translated)
        {
            yield return $"addresses are translated (NAT) before hop {translated.TimeToLive}";
        }

        for (int i = 0; i < result.Hops.Count; i++)
        {
            Statistics seen = result.Hops[i].StatisticsOf();
            if (Loss.IsWithheld(result.Hops, i))
            {
                yield return $"hop {result.Hops[i].TimeToLive} limits its answers: {seen.Lost} of {seen.Sent} were not given, and nothing was lost that went through it";
            }
        }

        foreach (MtuStep step in result.Mtu?.Where(step => step.IsSilent) ?? [])
        {
            int before = result.Hops.LastOrDefault(hop => hop.TimeToLive < step.TimeToLive && !hop.IsSilent)?.TimeToLive ?? 0;
            yield return $"packets of more than {step.Mtu} bytes vanish without a word between hops {before} and {step.TimeToLive}: path MTU discovery does not work over this path (a black hole)";
        }

        if (result is { Request.FindsMtu: true, Mtu: null, Loop: null })
        {
            yield return "the path's MTU was not found: it was not waited for";
        }

        if (result.Untold > 0)
        {
            yield return $"{result.Untold} answers quoted too little to tell whose they are, and their hops were asked from other ports; with -I, or as root, they are told";
        }
    }
}
