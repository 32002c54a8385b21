using System.Threading.Channels;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Mtu;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Runs a trace: the engine says what is sent, a prober sends it.</summary>
public static class Tracer
{
    // Beyond the numbers of a trace's own probes: 255 hops of 100.
    private const ushort FirstMtuProbe = 40_000;

    /// <summary>Traces, and tells what there is to show as it comes; the last has the <see cref="TraceProgress.Result"/>, also after a cancellation.</summary>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static IAsyncEnumerable<TraceProgress> Trace(TraceRequest request, CancellationToken cancellation = default) => TraceThread.Run<TraceProgress>(
        Channel.CreateUnbounded<TraceProgress>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }), (progress, ended) => Run(request, progress, ended), cancellation);

    private static void Run(TraceRequest request, ChannelWriter<TraceProgress> progress, CancellationToken cancellation)
    {
        long begun = MonotonicClock.Now;
        PeerAddress source = Probers.SourceOf(request);
        using IProber prober = Probers.Open(request, source, out bool isRaw);

        // A NAT forgets a connection with the target's first RST (in Linux nf_conntrack_proto_tcp.c), and what comes for other SYNs of the flow then finds no way back: each has its own.
        var engine = new TraceEngine(request.Protocol == ProbeProtocol.Tcp ? request.Options with { VariesFlow = true } : request.Options);
        ProbeDriver.Drive(request, engine, prober, TellProgress, cancellation);
        IReadOnlyList<MtuStep>? mtu = request.FindsMtu ? FindMtu(request, source, engine, prober, progress, cancellation) : null;
        var result = new TraceResult(request, source, engine.Outcome, engine.Hops) { Loop = engine.Loop, Mtu = mtu, Took = MonotonicClock.Now - begun, Untold = prober.Untold, IsRaw = isRaw };
        progress.TryWrite(new TraceProgress(TraceEventKind.Ended, null) { Result = result });

        void TellProgress()
        {
            while (engine.TryReadEvent(out TraceEvent happened))
            {
                if (happened.Kind != TraceEventKind.Ended)
                {
                    progress.TryWrite(new TraceProgress(happened.Kind, engine.HopAt(happened.TimeToLive)));
                }
            }
        }
    }

    private static IReadOnlyList<MtuStep>? FindMtu(
        TraceRequest request, PeerAddress source, TraceEngine trace, IProber prober, ChannelWriter<TraceProgress> progress, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || trace.Loop is not null)
        {
            return null;
        }

        var engine = new MtuEngine(new MtuOptions(trace.Hops, LinkMtu.Of(source), request.PacketSize)
        {
            IsV6 = !request.Target.IsIPv4,
            FirstId = FirstMtuProbe,
            IsTargetLimited = request.Protocol == ProbeProtocol.Udp || trace.Outcome != TraceOutcome.Reached,
            LastAskedAt = trace.Hops.LastOrDefault(hop => !hop.IsSilent) is { } last ? trace.AskedAt(last.TimeToLive) : null,
            MaximumWait = request.Options.MaximumWait,
        });
        ProbeDriver.Drive(request, engine, prober, TellProgress, cancellation);
        return engine.IsEnded ? engine.Steps : null;

        void TellProgress()
        {
            while (engine.TryReadEvent(out TraceEvent happened))
            {
                progress.TryWrite(new TraceProgress(happened.Kind, null) { Mtu = engine.Range });
            }
        }
    }
}
