using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes;

/// <summary>Another process of this machine, known by its number: whom a PidFile names.</summary>
public static unsafe class RunningProcess
{
    /// <summary>Sends a signal. The process is held by a pidfd from before it is looked at, so the number cannot pass to another one in between.</summary>
    /// <param name="isStill">Looks whether it is still the one that is meant.</param>
    public static bool TrySignal(int pid, int signal, Func<bool> isStill, out string? error)
    {
        int number = Libc.PidfdOpen(pid, 0);
        if (number < 0)
        {
            error = SystemError.Last("pidfd_open", $"process {pid}").ToString();
            return false;
        }

        using OwnedDescriptor pidfd = OwnedDescriptor.Own(number);
        if (!isStill())
        {
            error = $"process {pid} has ended";
            return false;
        }

        bool sent = Libc.PidfdSendSignal(pidfd, signal, null, 0) == 0;
        error = sent ? null : SystemError.Last("pidfd_send_signal", $"process {pid}").ToString();
        return sent;
    }
}
