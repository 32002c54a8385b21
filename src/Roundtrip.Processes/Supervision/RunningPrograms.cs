using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Supervision;

/// <summary>The programs that the server asked for. It names a generation's number and an index; path, arguments and user are the configuration's.</summary>
internal sealed class RunningPrograms(LaunchAs? launchAs, Action<string> log, long grace)
{
    private readonly List<Running> _running = [];

    public long NextDeadline => _running.Count == 0 ? long.MaxValue : _running.Min(program => program.KillAt);

    public bool HasEnded => _running.Count == 0;

    public void AddTo(PollSet poll) => _running.ForEach(program => poll.Add(program.Child.Pidfd));

    /// <summary>Starts a program, or says why not.</summary>
    public StartResult TryStart(IEnumerable<LiveGeneration> live, uint number, uint index, uint token)
    {
        if (live.FirstOrDefault(one => one.Number == number)?.Generation is not { } generation)
        {
            return StartResult.Refused($"of generation {number}, which is not served");
        }

        if (index >= generation.Startables.Count)
        {
            return StartResult.Refused($"number {index}, of which there are {generation.Startables.Count}");
        }

        Startable startable = generation.Startables[(int)index];
        if (_running.Count(program => !program.IsStopping && ReferenceEquals(program.Startable, startable)) >= startable.MaximumRunning)
        {
            return StartResult.Refused($"{startable.Name}, which runs {startable.MaximumRunning} times already");
        }

        if (startable.Identity is not null && launchAs is null)
        {
            return StartResult.Refused($"{startable.Name}, as another user, for which there is no way");
        }

        return Start(startable, token);
    }

    /// <summary>Sends a signal to a program that the server has asked for, if it still runs.</summary>
    /// <returns>Null, or what is wrong with the wish.</returns>
    public string? Kill(uint token, uint signal)
    {
        if (signal is not (SignalNumber.User2 or SignalNumber.Terminate or SignalNumber.Kill))
        {
            return $"a kill with signal {signal}";
        }

        // Those of a server before this one have no token any more.
        _running.Find(program => program.Token == token)?.Child.Kill((int)signal);
        return null;
    }

    /// <summary>Takes the exit of each program that ended, and kills those whose time is over.</summary>
    public void Advance(long now, Action<uint, ExitStatus> ended)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            Running program = _running[i];
            if (program.Child.TryReap(out ExitStatus status))
            {
                _running.RemoveAt(i);
                program.Child.Dispose();
                if (!status.IsSuccess && !program.IsStopping)
                {
                    log($"{program.Startable.Name} (process {program.Child.Pid}) ended with {status}");
                }

                if (program.Token is { } token)
                {
                    ended(token, status);
                }
            }
            else if (now >= program.KillAt)
            {
                program.Child.Kill(SignalNumber.Kill);
                program.KillAt = long.MaxValue;
            }
        }
    }

    /// <summary>Sends SIGTERM, and SIGKILL after the grace time.</summary>
    public void Stop(long now, Func<Startable, bool> which)
    {
        foreach (Running program in _running.Where(program => !program.IsStopping && which(program.Startable)))
        {
            program.Child.Kill(SignalNumber.Terminate);
            (program.IsStopping, program.KillAt) = (true, now + grace);
        }
    }

    /// <summary>The server that asked for them is gone: they are stopped, and the next server is told nothing of them.</summary>
    public void Abandon(long now)
    {
        Stop(now, _ => true);
        _running.ForEach(program => program.Token = null);
    }

    private StartResult Start(Startable startable, uint token)
    {
        OwnedDescriptor? socket = null, theirs = null, output = null, writer = null;
        try
        {
            ChildStart start = startable.Start;
            if (startable.SocketNumber is { } number)
            {
                (socket, theirs) = DescriptorPair.StreamSockets();
                start = start with { Descriptors = [.. start.Descriptors, new ChildDescriptor(theirs, number)] };
            }

            if (startable.OutputNumbers.Count > 0)
            {
                (output, writer) = DescriptorPair.Pipe();
                OwnedDescriptor pipe = writer;
                start = start with { Descriptors = [.. start.Descriptors, .. startable.OutputNumbers.Select(one => new ChildDescriptor(pipe, one))] };
            }

            start = startable.Identity is { } identity ? launchAs!.Wrap(start, identity) : start;
            if (!ChildProcess.TryStart(start, out ChildProcess? child, out SystemError? error))
            {
                return StartResult.Failed($"{startable.Name}: {error}");
            }

            _running.Add(new Running(startable, child!, token));
            var started = new StartResult(null, IsRefused: false) { Pid = child!.Pid, Socket = socket, Output = output };
            (socket, output) = (null, null);
            return started;
        }
        catch (ProcessException fault)
        {
            return StartResult.Failed($"{startable.Name}: {fault.Message}");
        }
        finally
        {
            socket?.Dispose();
            theirs?.Dispose();
            output?.Dispose();
            writer?.Dispose();
        }
    }

    private sealed class Running(Startable startable, ChildProcess child, uint token)
    {
        public Startable Startable => startable;

        public ChildProcess Child => child;

        public uint? Token { get; set; } = token;

        public bool IsStopping { get; set; }

        public long KillAt { get; set; } = long.MaxValue;
    }
}
