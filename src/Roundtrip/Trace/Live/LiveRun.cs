using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>Runs a trace that goes on: on the terminal's other screen where there is one; its table is written when it ends, on the screen that was there before.</summary>
internal static class LiveRun
{
    // As mtr's report has them.
    private const int ReportedRounds = 10;

    /// <param name="cancellation">Ctrl-C: what is known is written all the same.</param>
    public static async Task<int> Run(TraceVerb verb, TraceRequest request, RoundOptions rounds, CancellationToken cancellation)
    {
        NameCache? names = verb.OpenNames();
        bool hasScreen = verb.Format == TraceFormat.Text && Terminal.IsThere;
        RoundsProgress last = hasScreen
            ? await LiveScreen.Run(verb.Host, request, rounds, names, cancellation)
            : await Report(request, rounds.Count is null ? rounds with { Count = ReportedRounds } : rounds, names, cancellation);

        Dictionary<PeerAddress, string?> found = await TraceNames.Of(last.Hops.SelectMany(hop => hop.Addresses).Append(request.Target), names);
        switch (verb.Format)
        {
            case TraceFormat.Json:
                using (Stream output = Console.OpenStandardOutput())
                {
                    LiveJson.Write(output, verb.Host, last, found, verb.Thorough);
                }

                break;

            case TraceFormat.Csv:
                LiveCsv.Write(Console.Out, last, found);
                break;

            default:
                LiveReport.Write(Console.Out, verb.Host, last, found);
                break;
        }

        foreach (string line in LiveRemarks.Of(verb.Host, last).Concat(NameRemarks.Of(last.Hops.SelectMany(hop => hop.Addresses), verb.Thorough)))
        {
            Console.Error.WriteLine($"roundtrip: {line}");
        }

        return last.IsReached ? ExitCode.Done : ExitCode.NotSo;
    }

    private static async Task<RoundsProgress> Report(TraceRequest request, RoundOptions rounds, NameCache? names, CancellationToken cancellation)
    {
        RoundsProgress? last = null;
        await foreach (RoundsProgress progress in RoundsTracer.Trace(request, rounds, new RoundsControl(), cancellation))
        {
            last = progress;
            foreach (PeerAddress address in progress.Hops.SelectMany(hop => hop.Addresses))
            {
                _ = names?.Find(address);
            }
        }

        return last!;
    }
}
