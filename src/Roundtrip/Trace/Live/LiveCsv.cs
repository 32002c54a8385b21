using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>A trace that went on as comma-separated values (RFC 4180), a line for each hop with the address that answered last. Times are in milliseconds, loss is from 0 to 1.</summary>
internal static class LiveCsv
{
    public static void Write(TextWriter output, RoundsProgress progress, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine("ttl,address,name,sent,received,loss,withheld,last_ms,average_ms,best_ms,worst_ms,deviation_ms,jitter_ms");
        foreach (RoundHop hop in progress.Hops)
        {
            Statistics trips = hop.Statistics;
            PeerAddress? address = hop.IsSilent ? null : hop.Addresses[0];
            string who = address is { } from ? $"{from.ToIPAddress()},{names[from]}" : ",";
            string times = trips.Received == 0 ? ",,,,," : string.Join(
                ',',
                new[] { trips.Last, trips.Average, trips.Best, trips.Worst, trips.Deviation, trips.Jitter }.Select(time => (time / Span.Millisecond).ToString("F3", CultureInfo.InvariantCulture)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hop.TimeToLive},{who},{hop.Sent},{trips.Received},{hop.Loss:F3},{hop.Withheld:F3},{times}"));
        }
    }
}
