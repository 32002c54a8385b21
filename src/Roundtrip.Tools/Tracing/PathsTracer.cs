using System.Threading.Channels;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Finds all paths.</summary>
public static class PathsTracer
{
    // An ordinary user's flow is a socket; a process has 1024 descriptors as a rule.
    private const int MostSockets = 480;

    /// <summary>Searches, and tells how it stands; the last has the <see cref="PathsProgress.Result"/>, also after a cancellation.</summary>
    /// <param name="options">Its hops and its waiting are the request's.</param>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static IAsyncEnumerable<PathsProgress> Trace(TraceRequest request, PathsOptions options, CancellationToken cancellation = default) =>
        TraceThread.Run(TraceThread.Latest<PathsProgress>(), (progress, ended) => Run(request with { KeepsFlows = true }, options, progress, ended), cancellation);

    private static void Run(TraceRequest request, PathsOptions options, ChannelWriter<PathsProgress> progress, CancellationToken cancellation)
    {
        long begun = MonotonicClock.Now;
        PeerAddress source = Probers.SourceOf(request);
        using IProber prober = Probers.Open(request, source, out bool isRaw);
        options = options with { Trace = request.Options, EndsFlowsLast = request.Protocol == ProbeProtocol.Tcp };
        switch (isRaw, request.Protocol)
        {
            case (false, ProbeProtocol.Tcp):
                // Two connections that are begun cannot have the same ports at both ends, and a flow is more than one probe.
                throw new TraceException($"all paths by TCP need raw sockets, since each SYN of this user has a port of its own; as root: setcap cap_net_raw+ep {Environment.ProcessPath}") { IsRightMissing = true };

            case (false, ProbeProtocol.Udp):
                options = options with { MaximumFlows = Math.Min(options.MaximumFlows, MostSockets) };
                break;
        }

        var engine = new PathsEngine(options);
        int answers = 0;
        ProbeDriver.Drive(request, engine, prober, TellProgress, cancellation);
        progress.TryWrite(new PathsProgress(engine.Probes, answers)
        {
            Result = new PathsResult(request, options, source, engine.Outcome, engine.Graph)
            {
                Loop = engine.Loop,
                Took = MonotonicClock.Now - begun,
                Probes = engine.Probes,
                Untold = prober.Untold,
                IsRaw = isRaw,
            },
        });

        void TellProgress()
        {
            int before = answers;
            while (engine.TryReadEvent(out TraceEvent happened))
            {
                answers += happened.Kind == TraceEventKind.Answered ? 1 : 0;
            }

            if (answers > before)
            {
                progress.TryWrite(new PathsProgress(engine.Probes, answers));
            }
        }
    }
}
