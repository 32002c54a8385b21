using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;

namespace Roundtrip.Program;

/// <summary>Runs a trace and writes what it finds, hop by hop where it is text.</summary>
internal static class TraceRun
{
    /// <param name="cancellation">Ctrl-C: what is known is written all the same.</param>
    public static async Task<int> Run(TraceVerb verb, CancellationToken cancellation)
    {
        try
        {
            if (verb.Paths is { } paths)
            {
                return await PathsRun.Run(verb, verb.Request(await AddressOf(verb)), paths, cancellation);
            }

            TraceRequest request = verb.Request(await AddressOf(verb));
            if (verb.Rounds is { } rounds)
            {
                return await LiveRun.Run(verb, request, rounds, cancellation);
            }

            TraceResult result = await Write(verb, request, cancellation);
            foreach (string line in TraceRemarks.Of(verb.Host, result).Concat(NameRemarks.Of(result.Hops.SelectMany(hop => hop.Addresses), verb.Thorough)))
            {
                Console.Error.WriteLine($"roundtrip: {line}");
            }

            return result.Outcome == TraceOutcome.Reached ? ExitCode.Done : ExitCode.NotSo;
        }
        catch (TraceException fault)
        {
            Console.Error.WriteLine($"roundtrip: {fault.Message}");
            return fault.IsRightMissing ? ExitCode.Missing : ExitCode.NotSo;
        }
    }

    private static async Task<TraceResult> Write(TraceVerb verb, TraceRequest request, CancellationToken cancellation)
    {
        NameCache? names = verb.OpenNames();
        TraceText? text = verb.Format == TraceFormat.Text ? new TraceText(Console.Out, names) : null;
        bool isBegun = false;
        var line = new ProgressLine();
        TraceResult? result = null;
        await foreach (TraceProgress progress in Tracer.Trace(request, cancellation))
        {
            if (!isBegun)
            {
                // Not before: where no probe can be sent there is nothing to show.
                isBegun = true;
                text?.Begin(verb.Host, request);
            }

            foreach (PeerAddress address in progress.Hop?.Addresses ?? [])
            {
                _ = names?.Find(address);
            }

            // The MTU that a hop's line says is known last of all.
            if (progress is { Kind: TraceEventKind.HopDone, Hop: { } hop })
            {
                if (text is not null && !request.FindsMtu)
                {
                    await text.Write(hop);
                }
                else
                {
                    line.Show($"hop {hop.TimeToLive} ");
                }
            }

            if (progress.Mtu is { } range)
            {
                line.Show($"path MTU: from {range.Passes} to {range.AtMost} bytes ");
            }

            result = progress.Result ?? result;
        }

        line.Clear();

        switch (verb.Format)
        {
            case TraceFormat.Json:
                using (Stream output = Console.OpenStandardOutput())
                {
                    TraceJson.Write(output, verb.Host, result!, await TraceNames.Of(result!, names), verb.Thorough);
                }

                break;

            case TraceFormat.Csv:
                TraceCsv.Write(Console.Out, result!, await TraceNames.Of(result!, names));
                break;

            default:
                await text!.WriteRest(result!);
                break;
        }

        return result!;
    }

    private static async Task<PeerAddress> AddressOf(TraceVerb verb)
    {
        AddressFamily family = verb.Family == 6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(verb.Host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(verb.Host);
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            throw new TraceException($"'{verb.Host}' is no host that is known: {fault.Message}", fault);
        }

        IPAddress? chosen = addresses.FirstOrDefault(address => verb.Family == 0 || address.AddressFamily == family);
        return chosen is null ? throw new TraceException($"'{verb.Host}' has no address of IPv{verb.Family}") : PeerAddress.From(chosen, 0);
    }
}
