using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Finds all paths, on a thread of its own.</summary>
public static class PathsTracer
{
    // An ordinary user's flow is a socket; a process has 1024 descriptors as a rule.
    private const int MostSockets = 480;

    /// <summary>Searches, and tells how it stands; the last has the <see cref="PathsProgress.Result"/>, also after a cancellation.</summary>
    /// <param name="options">Its hops and its waiting are the request's.</param>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static async IAsyncEnumerable<PathsProgress> Trace(TraceRequest request, PathsOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var progress = Channel.CreateBounded<PathsProgress>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var thread = new Thread(() => Run(request with { KeepsFlows = true }, options, progress.Writer, ended.Token)) { IsBackground = true, Name = "trace" };
        thread.Start();
        try
        {
            await foreach (PathsProgress item in progress.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            thread.Join();
        }
    }

    private static void Run(TraceRequest request, PathsOptions options, ChannelWriter<PathsProgress> progress, CancellationToken cancellation)
    {
        try
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
            progress.Complete();

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
        catch (TraceException fault)
        {
            progress.Complete(fault);
        }
        catch (TransportException fault)
        {
            progress.Complete(new TraceException(fault.Message, fault) { IsRightMissing = fault.IsRightMissing });
        }
    }
}
