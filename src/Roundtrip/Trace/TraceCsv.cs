using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>A trace as comma-separated values (RFC 4180), a line for each probe; of one that was not answered only the first two have a value.</summary>
internal static class TraceCsv
{
    public static void Write(TextWriter output, TraceResult result, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine("ttl,probe,address,name,rtt_ms,mark,labels");
        foreach (Hop hop in result.Hops)
        {
            for (int i = 0; i < hop.Probes.Count; i++)
            {
                ProbeResult probe = hop.Probes[i];

                // No field can hold a comma or a quotation mark: names are of letters, digits, hyphens and dots (SafeName).
                string fields = probe.Answer is { } answer
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{answer.From.ToIPAddress()},{names[answer.From]},{Span.ToMilliseconds(probe.RoundTrip):F3},{AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu)},{string.Join(' ', (answer.Labels ?? []).Select(label => label.Label))}")
                    : ",,,,";
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hop.TimeToLive},{i + 1},{fields}"));
            }
        }
    }
}
