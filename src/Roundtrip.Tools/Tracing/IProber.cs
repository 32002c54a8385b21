using Roundtrip.Trace.Probes;

namespace Roundtrip.Tools.Tracing;

/// <summary>How probes are sent and their answers had, with the rights that there are.</summary>
internal interface IProber : IDisposable
{
    /// <summary>Answers that quoted too little to tell whose they are.</summary>
    int Untold { get; }

    /// <param name="at">When it was given to the system, in nanoseconds.</param>
    /// <returns>errno; 0 where it was sent.</returns>
    int Send(in Probe probe, out long at);

    /// <returns>False if nothing has come.</returns>
    bool TryReceive(out Answer answer);

    /// <summary>Waits until something may have come, or so many nanoseconds are over.</summary>
    void Wait(long nanoseconds);
}
