using System.Text;
using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;

namespace Roundtrip.Program;

/// <summary>Looks for all paths and writes them when they are known; a terminal sees meanwhile how far it is.</summary>
internal static class PathsRun
{
    /// <param name="cancellation">Ctrl-C: what is known is written all the same.</param>
    public static async Task<int> Run(TraceVerb verb, TraceRequest request, PathsOptions options, CancellationToken cancellation)
    {
        PathsResult? result = null;
        var line = new ProgressLine();
        await foreach (PathsProgress progress in PathsTracer.Trace(request, options, cancellation))
        {
            line.Show($"{progress.Probes} probes, {progress.Answers} answers ");
            result = progress.Result ?? result;
        }

        line.Clear();
        NameCache? cache = verb.OpenNames();
        Dictionary<PeerAddress, string?> names = await TraceNames.Of(result!.Graph.Nodes.Select(node => node.Address).OfType<PeerAddress>().Append(request.Target), cache);
        switch (verb.Format)
        {
            case TraceFormat.Json:
                using (Stream output = Console.OpenStandardOutput())
                {
                    PathsJson.Write(output, verb.Host, result, names, verb.Thorough);
                }

                break;

            case TraceFormat.Csv:
                PathsCsv.Write(Console.Out, result.Graph, names);
                break;

            default:
                // The drawing has characters that not every locale's encoding has.
                using (var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)))
                {
                    PathsText.Write(output, verb.Host, result, names);
                }

                break;
        }

        foreach (string remark in PathsRemarks.Of(verb.Host, result).Concat(NameRemarks.Of(result.Graph.Nodes.Select(node => node.Address).OfType<PeerAddress>(), verb.Thorough)))
        {
            await Console.Error.WriteLineAsync($"roundtrip: {remark}");
        }

        return result.Outcome == TraceOutcome.Reached ? ExitCode.Done : ExitCode.NotSo;
    }
}
