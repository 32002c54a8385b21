using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Supervision;

/// <summary>
/// The process that keeps a server running: it holds the listeners, reads the configuration, starts the server without rights, and starts it again. It reads nothing
/// from the network. What is decided stands in <see cref="SupervisorState"/>; here it is done.
/// </summary>
public sealed partial class Supervisor : IDisposable
{
    private readonly ISupervisedService _service;
    private readonly SupervisorOptions _options;
    private readonly Signals _signals = new();
    private readonly KeptDescriptors _kept = new();
    private readonly List<LiveGeneration> _live = [];
    private readonly List<PipedProgram> _retired = [];
    private readonly RunningPrograms _running;
    private readonly PollSet _poll = new();
    private readonly SupervisorState _state;
    private ServerProcess? _server;
    private uint _lastNumber;
    private uint _confirmed;
    private int _refusals;
    private long _nextWatchdog;
    private bool _isExiting;

    private Supervisor(ISupervisedService service, SupervisorOptions options)
    {
        (_service, _options) = (service, options);
        _running = new RunningPrograms(options.LaunchAs, options.Log, options.Times.Stop);
        _state = new SupervisorState(options.Times);
        _nextWatchdog = options.Notifier?.WatchdogInterval is null ? long.MaxValue : 0;
    }

    /// <summary>Runs until it is told to stop (SIGTERM, SIGINT, SIGWINCH), or until its first server fails.</summary>
    /// <returns>0 after a stop; 1 where the configuration cannot be loaded or the first server did not get ready, as the log says.</returns>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static int Run(ISupervisedService service, SupervisorOptions options)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(options);
        PidFile? pidFile = null;
        if (options.PidFile is { } path && !PidFile.TryWrite(path, out pidFile, out string? error))
        {
            options.Log(error!);
            return 1;
        }

        using (pidFile)
        using (var supervisor = new Supervisor(service, options))
        {
            return supervisor.Run();
        }
    }

    public void Dispose()
    {
        _server?.Dispose();
        _live.ForEach(live => live.Generation.Dispose());
        _kept.Dispose();
        _signals.Dispose();
    }

    private int Run()
    {
        if (!TryLoad())
        {
            return 1;
        }

        Do(_state.Begin(Environment.TickCount64));
        while (!(_isExiting && _running.HasEnded && _retired.Count == 0))
        {
            Wait();
            long now = Environment.TickCount64;
            HandleSignals(_signals.Take());
            HandleServer();
            _running.Advance(now, TellExit);
            AdvancePiped(now);
            if (now >= _state.NextDeadline)
            {
                ReportDeadline();
                On(SupervisorEvent.Deadline);
            }

            if (now >= _nextWatchdog)
            {
                _options.Notifier!.Watchdog();
                _nextWatchdog = now + (long)_options.Notifier.WatchdogInterval!.Value.TotalMilliseconds;
            }
        }

        return _state.ExitCode;
    }

    private void Wait()
    {
        _poll.Clear();
        _poll.Add(_signals.Event);
        long deadline = Math.Min(Math.Min(_state.NextDeadline, _running.NextDeadline), _nextWatchdog);
        if (_server is not null)
        {
            _poll.Add(_server.Child.Pidfd);
            if (_server.Channel is not null)
            {
                _poll.Add(_server.Channel.Socket);
            }
        }

        _running.AddTo(_poll);
        foreach (PipedProgram program in Piped())
        {
            deadline = Math.Min(deadline, program.NextDeadline);
            if (program.Pidfd is { } pidfd)
            {
                _poll.Add(pidfd);
            }
        }

        _poll.Wait(deadline == long.MaxValue ? -1 : (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue));
    }

    private void HandleSignals(SignalSet signals)
    {
        if ((signals & (SignalSet.Terminate | SignalSet.Interrupt)) != 0)
        {
            _options.Notifier?.Stopping();
            On(SupervisorEvent.StopAsked);
        }
        else if ((signals & SignalSet.WindowChange) != 0)
        {
            _options.Notifier?.Stopping();
            On(SupervisorEvent.GracefulStopAsked);
        }
        else if ((signals & (SignalSet.Hangup | SignalSet.User1)) != 0 && _state.TakesGenerations)
        {
            Reload();
        }
    }

    private void On(SupervisorEvent happened) => Do(_state.On(happened, Environment.TickCount64));

    private void Do(SupervisorActions actions)
    {
        if (actions.HasFlag(SupervisorActions.DropUnconfirmed))
        {
            DropUnconfirmed();
        }

        if (actions.HasFlag(SupervisorActions.Confirm))
        {
            Confirm(_live[^1].Number);
            _options.Notifier?.Ready();
        }

        if (actions.HasFlag(SupervisorActions.Announce))
        {
            _options.Ready();
        }

        if (actions.HasFlag(SupervisorActions.Spawn))
        {
            Spawn();
        }

        if (actions.HasFlag(SupervisorActions.SendGeneration))
        {
            SendGeneration();
        }

        if (actions.HasFlag(SupervisorActions.SendStop))
        {
            Send(ServerProtocol.Stop, [], []);
        }

        if (actions.HasFlag(SupervisorActions.SendGracefulStop))
        {
            Send(ServerProtocol.GracefulStop, [], []);
        }

        if (actions.HasFlag(SupervisorActions.Kill))
        {
            _server?.Child.Kill(SignalNumber.Kill);
        }

        if (actions.HasFlag(SupervisorActions.Exit))
        {
            Exit();
        }
    }

    private void Exit()
    {
        long now = Environment.TickCount64;
        _isExiting = true;
        _running.Stop(now, _ => true);
        RetireWhere(_ => true);
        _kept.Dispose();
    }
}
