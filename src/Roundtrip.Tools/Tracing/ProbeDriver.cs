using Roundtrip.Interop;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Does what an engine says until it has ended: sends, waits, gives back what came.</summary>
internal static class ProbeDriver
{
    // So soon a cancellation is seen.
    private const long LongestWait = 50 * Span.Millisecond;

    /// <param name="onTurn">Reads the engine's events, after each time that it has sent what it had to.</param>
    /// <exception cref="TraceException">Nothing can be sent.</exception>
    public static void Drive(TraceRequest request, ITraceEngine engine, IProber prober, Action onTurn, CancellationToken cancellation)
    {
        bool hasAnswer = false;
        while (!cancellation.IsCancellationRequested)
        {
            while (engine.TryNextProbe(MonotonicClock.Now, out Probe probe))
            {
                int errno = prober.Send(probe, out long at);
                engine.Sent(probe, at);
                if (errno == Errno.Emsgsize && probe.Size > 0)
                {
                    // The first link takes less than it says.
                    engine.Receive(new Answer(probe.Id, probe.Flow, default, AnswerKind.TooBig, at));
                }
                else if (errno != 0 && !hasAnswer)
                {
                    throw new TraceException(SendErrors.Describe(errno, request));
                }
            }

            onTurn();
            if (engine.IsEnded)
            {
                return;
            }

            prober.Wait(Math.Min(engine.NextDeadline - MonotonicClock.Now, LongestWait));
            while (prober.TryReceive(out Answer answer))
            {
                hasAnswer |= engine.Receive(answer);
            }
        }
    }
}
