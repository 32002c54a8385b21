using System.Threading.Channels;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Rounds;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Runs a trace that goes on.</summary>
public static class RoundsTracer
{
    // More often nobody can look.
    private const long Pause = 50 * Span.Millisecond;

    /// <summary>Traces until all rounds are done or it is cancelled, and tells how it stands whenever that has changed. Who is slow to look on misses some, but not the last.</summary>
    /// <exception cref="TraceException">No probe can be sent.</exception>
    public static IAsyncEnumerable<RoundsProgress> Trace(TraceRequest request, RoundOptions rounds, RoundsControl control, CancellationToken cancellation = default) =>
        TraceThread.Run(TraceThread.Latest<RoundsProgress>(), (progress, ended) => Run(request, rounds, control, progress, ended), cancellation);

    private static void Run(TraceRequest request, RoundOptions rounds, RoundsControl control, ChannelWriter<RoundsProgress> progress, CancellationToken cancellation)
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
}
