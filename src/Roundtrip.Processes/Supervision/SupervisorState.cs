namespace Roundtrip.Processes.Supervision;

/// <summary>
/// The supervisor's state machine, without processes or clock: <see cref="Begin"/>, then <see cref="On"/> with each event; do what they return, and come back with
/// <see cref="SupervisorEvent.Deadline"/> when <see cref="NextDeadline"/> has come. Times are milliseconds of a monotonic clock.
/// </summary>
public sealed class SupervisorState(SupervisorTimes times)
{
    private Backoff _backoff;
    private bool _isExiting;
    private long _servingSince;
    private bool _hasServedThisServer;

    public SupervisorPhase Phase { get; private set; } = SupervisorPhase.Starting;

    /// <summary>When <see cref="SupervisorEvent.Deadline"/> is due; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>0 after a stop that was asked for; 1 where no server ever served.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Whether any server has acknowledged a generation. Before that, a failure is a failure to start.</summary>
    public bool HasEverServed { get; private set; }

    /// <summary>Whether a new generation is wanted: not on the way out.</summary>
    public bool TakesGenerations => !_isExiting && Phase is not (SupervisorPhase.Stopping or SupervisorPhase.StoppingGracefully or SupervisorPhase.Ended);

    /// <summary>The first generation is loaded.</summary>
    public SupervisorActions Begin(long now) => Spawn(now);

    public SupervisorActions On(SupervisorEvent happened, long now) => (Phase, happened) switch
    {
        (SupervisorPhase.Ended, _) => SupervisorActions.None,

        (SupervisorPhase.Starting or SupervisorPhase.Reloading, SupervisorEvent.Acknowledged) => Serve(now),
        (SupervisorPhase.Starting, SupervisorEvent.Refused or SupervisorEvent.Deadline) => Drop() | Kill(isExit: !HasEverServed),
        (SupervisorPhase.Reloading, SupervisorEvent.Refused) => Keep(),
        (SupervisorPhase.Reloading, SupervisorEvent.Deadline) => Drop() | Kill(isExit: false),

        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.Exited) => Drop() | Bury(now),
        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.ChannelClosed) => Drop() | Leave(now),
        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.Misbehaved) => Drop() | Kill(isExit: !HasEverServed),
        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.Loaded) => Send(now),
        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.StopAsked) => Stop(now),
        (SupervisorPhase.Starting or SupervisorPhase.Reloading or SupervisorPhase.Serving, SupervisorEvent.GracefulStopAsked) => StopGracefully(now),

        // An administrator who repaired something does not wait for the rest of the delay.
        (SupervisorPhase.BackingOff, SupervisorEvent.Deadline or SupervisorEvent.Loaded) => Spawn(now),
        (SupervisorPhase.BackingOff, SupervisorEvent.StopAsked or SupervisorEvent.GracefulStopAsked) => Exit(0),

        (SupervisorPhase.Stopping or SupervisorPhase.StoppingGracefully, SupervisorEvent.Exited) => Exit(0),
        (SupervisorPhase.Stopping or SupervisorPhase.StoppingGracefully, SupervisorEvent.Deadline or SupervisorEvent.Misbehaved) => Kill(isExit: true),
        (SupervisorPhase.StoppingGracefully, SupervisorEvent.StopAsked) => Stop(now),

        (SupervisorPhase.Leaving, SupervisorEvent.Deadline or SupervisorEvent.Misbehaved) => Kill(_isExiting),
        (SupervisorPhase.Leaving or SupervisorPhase.Killing, SupervisorEvent.Exited) => _isExiting ? Exit(ExitCode) : Bury(now),
        (SupervisorPhase.Leaving or SupervisorPhase.Killing, SupervisorEvent.StopAsked or SupervisorEvent.GracefulStopAsked) => ExitInstead(),

        // What is left cannot happen, such as an acknowledgement without a server, or changes nothing.
        _ => SupervisorActions.None,
    };

    private SupervisorActions Serve(long now)
    {
        if (!_hasServedThisServer)
        {
            (_servingSince, _hasServedThisServer) = (now, true);
        }

        Go(SupervisorPhase.Serving, long.MaxValue);
        if (HasEverServed)
        {
            return SupervisorActions.Confirm;
        }

        HasEverServed = true;
        return SupervisorActions.Confirm | SupervisorActions.Announce;
    }

    private SupervisorActions Keep()
    {
        Go(SupervisorPhase.Serving, long.MaxValue);
        return SupervisorActions.DropUnconfirmed;
    }

    // A generation with which a server fails is given up where another one is known to work.
    private SupervisorActions Drop() => HasEverServed ? SupervisorActions.DropUnconfirmed : SupervisorActions.None;

    private SupervisorActions Send(long now)
    {
        Go(Phase == SupervisorPhase.Serving ? SupervisorPhase.Reloading : Phase, now + times.Acknowledgement);
        return SupervisorActions.SendGeneration;
    }

    private SupervisorActions Spawn(long now)
    {
        _hasServedThisServer = false;
        Go(SupervisorPhase.Starting, now + times.Acknowledgement);
        return SupervisorActions.Spawn;
    }

    private SupervisorActions Bury(long now)
    {
        if (!HasEverServed)
        {
            return Exit(1);
        }

        long lived = _hasServedThisServer ? now - _servingSince : 0;
        Go(SupervisorPhase.BackingOff, now + _backoff.Next(lived));
        return SupervisorActions.None;
    }

    private SupervisorActions Leave(long now)
    {
        EndAfterwards(isExit: !HasEverServed, code: 1);
        Go(SupervisorPhase.Leaving, now + times.Leave);
        return SupervisorActions.None;
    }

    private SupervisorActions Kill(bool isExit)
    {
        // Stopping, a server that does not obey is still a stop that was asked for.
        if (Phase != SupervisorPhase.Leaving)
        {
            EndAfterwards(isExit, code: Phase is SupervisorPhase.Stopping or SupervisorPhase.StoppingGracefully ? 0 : 1);
        }

        Go(SupervisorPhase.Killing, long.MaxValue);
        return SupervisorActions.Kill;
    }

    private void EndAfterwards(bool isExit, int code) => (_isExiting, ExitCode) = (isExit, isExit ? code : 0);

    private SupervisorActions Stop(long now)
    {
        Go(SupervisorPhase.Stopping, now + times.Stop);
        return SupervisorActions.SendStop;
    }

    private SupervisorActions StopGracefully(long now)
    {
        Go(SupervisorPhase.StoppingGracefully, times.GracefulStop == 0 ? long.MaxValue : now + times.GracefulStop);
        return SupervisorActions.SendGracefulStop;
    }

    private SupervisorActions ExitInstead()
    {
        if (!_isExiting)
        {
            EndAfterwards(isExit: true, code: 0);
        }

        return SupervisorActions.None;
    }

    private SupervisorActions Exit(int code)
    {
        ExitCode = code;
        Go(SupervisorPhase.Ended, long.MaxValue);
        return SupervisorActions.Exit;
    }

    private void Go(SupervisorPhase phase, long deadline) => (Phase, NextDeadline) = (phase, deadline);
}
