namespace Roundtrip.Processes.Supervision;

/// <summary>How long a supervisor waits for its server, in milliseconds.</summary>
public sealed record SupervisorTimes
{
    /// <summary>From the start, or from a new generation, to the acknowledgement.</summary>
    public long Acknowledgement { get; init; } = 30_000;

    /// <summary>From <c>stop</c> to SIGKILL.</summary>
    public long Stop { get; init; } = 10_000;

    /// <summary>From <c>graceful-stop</c> to SIGKILL (httpd's GracefulShutdownTimeout); 0 for no limit, as there.</summary>
    public long GracefulStop { get; init; }

    /// <summary>From the end of the control channel to SIGKILL.</summary>
    public long Leave { get; init; } = 1_000;
}
