using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace;

/// <summary>
/// What decides which probes are sent. Its driver, again and again: <see cref="TryNextProbe"/> and, for each, <see cref="Sent"/>, until there is none; then it waits for an answer
/// (<see cref="Receive"/>) or for <see cref="NextDeadline"/>, and reads the events. It is over when <see cref="IsEnded"/>. Moments are nanoseconds.
/// </summary>
public interface ITraceEngine
{
    bool IsEnded { get; }

    /// <summary>When to ask for the next probe though nothing has come, or <see cref="Core.Deadline.None"/>.</summary>
    long NextDeadline { get; }

    /// <returns>False if nothing is to be sent now.</returns>
    bool TryNextProbe(long now, out Probe probe);

    /// <param name="at">When the probe was given to the network.</param>
    void Sent(in Probe probe, long at);

    /// <returns>False if it was refused: there is no such probe, it was of another flow, or is answered already.</returns>
    bool Receive(in Answer answer);

    bool TryReadEvent(out TraceEvent happened);
}
