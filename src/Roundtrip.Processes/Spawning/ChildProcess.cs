using System.Runtime.InteropServices;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Spawning;

/// <summary>
/// A child that was started, known by its pidfd, which is never another process's. Poll <see cref="Pidfd"/> for readability, then call <see cref="TryReap(out ExitStatus)"/>.
/// </summary>
/// <remarks>No call here waits for just any child: an exit status that belongs to other code of the process is left alone.</remarks>
public sealed unsafe class ChildProcess : IDisposable
{
    private ExitStatus? _status;

    private ChildProcess(int pid, OwnedDescriptor pidfd, string path) => (Pid, Pidfd, Path) = (pid, pidfd, path);

    public int Pid { get; }

    /// <summary>Readable when the process has ended.</summary>
    public OwnedDescriptor Pidfd { get; }

    public string Path { get; }

    /// <summary>Starts a program. It has the descriptors of <paramref name="start"/>, default signal actions and an empty signal mask.</summary>
    /// <param name="error">Which call failed and why.</param>
    public static bool TryStart(ChildStart start, out ChildProcess? child, out SystemError? error)
    {
        ArgumentNullException.ThrowIfNull(start);
        (child, error) = (null, null);
        try
        {
            (int pid, int pidfd, error) = start.HasNoNewPrivileges ? SpawnWithoutPrivileges(start) : Spawn(start);
            if (error is null)
            {
                child = new ChildProcess(pid, OwnedDescriptor.Result(pidfd, "pidfd_open"), start.Path);
            }
        }
        catch (ProcessException fault)
        {
            // No descriptor was left to lift one.
            error = SystemError.Plain("posix_spawn", $"cannot start {start.Path}: {fault.Message}");
        }

        return child is not null;
    }

    /// <summary>Takes the exit status, once the process has ended. Does not wait.</summary>
    /// <exception cref="ProcessException">The status was taken by somebody else: SIGCHLD is ignored, or other code waits for any child.</exception>
    public bool TryReap(out ExitStatus status)
    {
        if (_status is null)
        {
            Libc.ChildInformation information = default;
            int result;
            do
            {
                result = Libc.WaitId(Libc.PPidfd, Pidfd.Number, &information, Libc.WExited | Libc.WNohang);
            }
            while (result < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr);

            if (result < 0)
            {
                throw new ProcessException(SystemError.Last("waitid", $"for process {Pid} ({Path})"));
            }

            if (information.Pid != 0)
            {
                _status = information.Code == Libc.CldExited
                    ? new ExitStatus(information.Status, 0, false)
                    : new ExitStatus(0, information.Status, information.Code == Libc.CldDumped);
            }
        }

        status = _status ?? default;
        return _status is not null;
    }

    /// <summary>Waits until the process has ended, for <paramref name="limit"/> at most, and takes its status.</summary>
    public bool TryReap(TimeSpan limit, out ExitStatus status) =>
        PollSet.WaitFor(Pidfd, Libc.PollIn, Environment.TickCount64 + (long)limit.TotalMilliseconds) & TryReap(out status);

    /// <summary>Sends a signal. One that has ended already is left in peace, and its number is not another's.</summary>
    /// <returns>Whether it was there to be signalled.</returns>
    public bool Kill(int signal) => _status is null && Libc.PidfdSendSignal(Pidfd, signal, null, 0) == 0;

    /// <summary>Sends a signal to the session that it leads, children and all (<see cref="ChildStart.HasOwnSession"/>), while it has not been reaped.</summary>
    public void KillGroup(int signal)
    {
        // Not reaped: its number, and so its group's, is nobody else's.
        if (_status is null)
        {
            _ = Libc.Kill(-Pid, signal);
        }
    }

    /// <summary>Forgets the process; it goes on if it has not ended.</summary>
    public void Dispose() => Pidfd.Dispose();

    private static (int Pid, int Pidfd, SystemError? Error) Spawn(ChildStart start)
    {
        int number = SpawnCall.Run(start, out int pid);
        if (number != 0)
        {
            return (0, -1, Describe(start, number));
        }

        // The child cannot have been reaped yet, so its number is still its own.
        int pidfd = Libc.PidfdOpen(pid, 0);
        if (pidfd >= 0)
        {
            return (pid, pidfd, null);
        }

        SystemError error = SystemError.Last("pidfd_open", $"of {start.Path}");
        _ = Libc.Kill(pid, SignalNumber.Kill);
        Libc.ChildInformation information;
        const int PPid = 1;
        _ = Libc.WaitId(PPid, pid, &information, Libc.WExited);
        return (0, -1, error);
    }

    // no_new_privs belongs to a thread and is inherited: a thread of its own has it and ends, so that ours stay as they are.
    private static (int Pid, int Pidfd, SystemError? Error) SpawnWithoutPrivileges(ChildStart start)
    {
        (int Pid, int Pidfd, SystemError? Error) result = default;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Libc.Prctl(Libc.PrSetNoNewPrivs, 1, 0, 0, 0) == 0
                    ? Spawn(start)
                    : (0, -1, SystemError.Last("prctl", "PR_SET_NO_NEW_PRIVS"));
            }
            catch (Exception thrown) when (thrown is ProcessException or ArgumentException)
            {
                fault = thrown;
            }
        })
        {
            Name = "spawn",
        };
        thread.Start();
        thread.Join();
        return fault is null ? result : throw fault;
    }

    private static SystemError Describe(ChildStart start, int number)
    {
        string text = number switch
        {
            Errno.Enoent when start.WorkingDirectory is { } folder && !Directory.Exists(folder) => $"the folder {folder} to start {start.Path} in does not exist",
            Errno.Enoent when File.Exists(start.Path) => $"the program {start.Path} cannot be run: its interpreter does not exist",
            Errno.Enoent => $"the program {start.Path} does not exist",
            _ => $"the program {start.Path} cannot be started: {Libc.ErrorText(number)}",
        };
        return new SystemError("posix_spawn", number, text);
    }
}
