using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Rounds;
using Roundtrip.Transport;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Runs a trace that goes on, on a thread of its own.</summary>
public static class RoundsTracer
{
    // More often nobody can look.
    private const long Pause = 50 * Span.Millisecond;

    /// <summary>Traces until all rounds are done or it is cancelled, and tells how it stands whenever that has changed. Who is slow to look on misses some, but not the last.</summary>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static async IAsyncEnumerable<RoundsProgress> Trace(
        TraceRequest request, RoundOptions rounds, RoundsControl control, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var progress = Channel.CreateBounded<RoundsProgress>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var thread = new Thread(() => Run(request, rounds, control, progress.Writer, ended.Token)) { IsBackground = true, Name = "trace" };
        thread.Start();
        try
        {
            await foreach (RoundsProgress item in progress.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
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

    private static void Run(TraceRequest request, RoundOptions rounds, RoundsControl control, ChannelWriter<RoundsProgress> progress, CancellationToken cancellation)
    {
        try
        {
            PeerAddress source = Probers.SourceOf(request);
            using IProber prober = Probers.Open(request, source, out bool isRaw);
            bool isTcp = request.Protocol == ProbeProtocol.Tcp;
            var engine = new RoundsEngine(
                isTcp ? request.Options with { VariesFlow = true } : request.Options, rounds with { IsTargetLimited = request.Protocol == ProbeProtocol.Udp });
            long shown = 0;
            int round = 0;
            bool hasNews = true;
            ProbeDriver.Drive(request, engine, prober, Turn, cancellation);
            progress.TryWrite(State());
            progress.Complete();

            void Turn()
            {
                if (control.TakeReset())
                {
                    engine.Reset();
                    hasNews = true;
                }

                engine.Pause(control.IsPaused);
                while (engine.TryReadEvent(out _))
                {
                    hasNews = true;
                }

                hasNews |= engine.Round != round;
                if (hasNews && MonotonicClock.Now - shown >= Pause)
                {
                    (hasNews, shown, round) = (false, MonotonicClock.Now, engine.Round);
                    progress.TryWrite(State());
                }
            }

            RoundsProgress State() => new(request, source, engine.Round, engine.Hops) { IsReached = engine.IsReached, Loop = engine.Loop, IsRaw = isRaw };
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
