using System.Globalization;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Mtu;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>A trace as BSD's traceroute writes it: a line for each hop, and one more for each further address of it.</summary>
/// <param name="names">Null for addresses alone.</param>
internal sealed class TraceText(TextWriter output, NameCache? names)
{
    private readonly Queue<MtuStep> _steps = new();
    private int _written;

    public void Begin(string host, TraceRequest request)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"traceroute to {host} ({request.Target.ToIPAddress()}), {request.Options.MaximumTimeToLive} hops max, {request.PacketSize} byte packets"));
        output.Flush();
    }

    public async Task Write(Hop hop)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{hop.TimeToLive,2} ");
        PeerAddress? last = null;
        IReadOnlyList<MplsLabel>? labels = null;
        foreach (ProbeResult probe in hop.Probes)
        {
            if (probe.Answer is not { } answer)
            {
                line.Append(" *");
                continue;
            }

            if (answer.From != last)
            {
                // Stars before the first address stand on its line.
                line.Append(last is null ? "" : "\n   ").Append(' ').Append(await Shown(answer.From));
                last = answer.From;
            }

            line.Append(CultureInfo.InvariantCulture, $"  {Span.ToMilliseconds(probe.RoundTrip):F3} ms");
            string mark = AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu);
            line.Append(mark.Length > 0 ? " " : "").Append(mark).Append(MtuAt(hop.TimeToLive));
            labels ??= answer.Labels;
        }

        foreach (MplsLabel label in labels ?? [])
        {
            line.Append(CultureInfo.InvariantCulture, $"\n     [MPLS: Lbl {label.Label} TC {label.TrafficClass} S {(label.IsBottom ? 1 : 0)} TTL {label.TimeToLive}]");
        }

        output.WriteLine(line);
        output.Flush();
        _written = hop.TimeToLive;
    }

    /// <summary>What is known beyond the last line: of a trace that was cancelled, up to the last hop that answered.</summary>
    public async Task WriteRest(TraceResult result)
    {
        foreach (MtuStep step in result.Mtu ?? [])
        {
            _steps.Enqueue(step);
        }

        int last = result.Outcome != TraceOutcome.Running ? int.MaxValue : result.Hops.LastOrDefault(hop => !hop.IsSilent)?.TimeToLive ?? 0;
        foreach (Hop hop in result.Hops.Where(hop => hop.TimeToLive > _written && hop.TimeToLive <= last))
        {
            await Write(hop);
        }
    }

    // As traceroute says it: behind the first time of the first hop that it holds for, as far as hops answer.
    private string MtuAt(int timeToLive)
    {
        int mtu = 0;
        while (_steps.TryPeek(out MtuStep step) && step.TimeToLive <= timeToLive)
        {
            mtu = _steps.Dequeue().Mtu;
        }

        return mtu > 0 ? string.Create(CultureInfo.InvariantCulture, $" F={mtu}") : "";
    }

    private async Task<string> Shown(PeerAddress address)
    {
        string text = address.ToIPAddress().ToString();
        return names is null ? text : $"{await names.FindInTime(address) ?? text} ({text})";
    }
}
