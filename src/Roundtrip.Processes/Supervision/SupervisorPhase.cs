namespace Roundtrip.Processes.Supervision;

/// <summary>Where the supervisor is with its server.</summary>
public enum SupervisorPhase
{
    /// <summary>A server runs that has not acknowledged a generation yet.</summary>
    Starting,

    /// <summary>The server has acknowledged the newest generation.</summary>
    Serving,

    /// <summary>The server serves one generation and has been sent another.</summary>
    Reloading,

    /// <summary>There is no server; one is started when the delay is over.</summary>
    BackingOff,

    /// <summary>The server was told to stop once its exchanges are done.</summary>
    StoppingGracefully,

    /// <summary>The server was told to stop now.</summary>
    Stopping,

    /// <summary>The server closed its control channel, so it should be about to end.</summary>
    Leaving,

    /// <summary>The server was sent SIGKILL.</summary>
    Killing,

    /// <summary>Nothing happens any more.</summary>
    Ended,
}

/// <summary>What happens to a supervisor.</summary>
public enum SupervisorEvent
{
    /// <summary>The server acknowledged the newest generation.</summary>
    Acknowledged,

    /// <summary>The server cannot use the newest generation and goes on with what it had.</summary>
    Refused,

    /// <summary>The server ended, or could not be started.</summary>
    Exited,

    /// <summary>The server closed its control channel.</summary>
    ChannelClosed,

    /// <summary>The server broke a rule of the control channel, or does not read it.</summary>
    Misbehaved,

    /// <summary>A new generation was loaded.</summary>
    Loaded,

    /// <summary>SIGTERM or SIGINT.</summary>
    StopAsked,

    /// <summary>SIGWINCH.</summary>
    GracefulStopAsked,

    /// <summary><see cref="SupervisorState.NextDeadline"/> has come.</summary>
    Deadline,
}

/// <summary>What the loop does then, in this order.</summary>
[Flags]
public enum SupervisorActions
{
    None = 0,

    /// <summary>Forget generations that were never acknowledged, with what they opened.</summary>
    DropUnconfirmed = 1,

    /// <summary>Forget generations older than the newest: their logs, programs and listeners.</summary>
    Confirm = 2,

    /// <summary>The first generation is served: tell the world.</summary>
    Announce = 4,

    /// <summary>Start a server and send it the newest generation.</summary>
    Spawn = 8,

    /// <summary>Send the newest generation to the server that runs.</summary>
    SendGeneration = 16,

    SendStop = 32,
    SendGracefulStop = 64,

    /// <summary>Send SIGKILL to the server.</summary>
    Kill = 128,

    /// <summary>End with <see cref="SupervisorState.ExitCode"/>.</summary>
    Exit = 256,
}
