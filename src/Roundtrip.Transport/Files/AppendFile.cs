using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>A file or pipe to whose end is written, by this process and perhaps by others at the same time. It waits: not for a loop.</summary>
public sealed unsafe class AppendFile : ILogTarget
{
    // How long one that does not block, such as a terminal another program made so, is waited for.
    private const int Patience = 1000;

    private readonly SafeFileHandle _file;

    private AppendFile(SafeFileHandle file) => _file = file;

    /// <summary>Opens a file for appending; makes it, readable by all, where it is not there. It does not wait for the reader of a FIFO, which must be there.</summary>
    /// <exception cref="TransportException">It cannot be opened; the message says why.</exception>
    public static AppendFile Open(string path) => new(OpenHandle(path, 0));

    /// <summary>The same for a file that is emptied first.</summary>
    /// <exception cref="TransportException">It cannot be opened; the message says why.</exception>
    public static AppendFile OpenEmpty(string path) => new(OpenHandle(path, Libc.OTrunc));

    private static SafeFileHandle OpenHandle(string path, int more)
    {
        const uint Mode = 0x1A4; // 0644
        const int Enxio = 6;
        const int Flags = Libc.OWronly | Libc.OAppend;
        int descriptor = Libc.Open(path, Flags | more | Libc.OCreat | Libc.OCloexec | Libc.ONoctty | Libc.ONonblock, Mode);
        if (descriptor < 0)
        {
            int errno = Marshal.GetLastPInvokeError();

            // fifo(7): so it is where nobody has the FIFO open for reading. Waiting for that would keep the server from starting, without a word.
            string hint = errno == Enxio ? " (if it is a FIFO, nobody reads it: start its reader first)" : "";
            throw new TransportException($"cannot write to {path}: {Libc.ErrorText(errno)}{hint}");
        }

        // Writing waits for a slow reader, as long as it takes: the logs' own threads may.
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Libc.Fcntl(file, Libc.FSetfl, Flags) < 0)
        {
            string why = Libc.ErrorText(Marshal.GetLastPInvokeError());
            file.Dispose();
            throw new TransportException($"cannot write to {path}: fcntl: {why}");
        }

        return file;
    }

    /// <summary>Writes to a descriptor that is open already, and closes it.</summary>
    public static AppendFile Of(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    /// <summary>Writes to a descriptor that is open already and stays so, such as standard error.</summary>
    public static AppendFile Over(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: false));

    /// <summary>Writes all of <paramref name="bytes"/>, in one call where the system takes them in one.</summary>
    /// <returns>How many were written; fewer than given when it failed, and <paramref name="error"/> says how.</returns>
    public int Write(ReadOnlySpan<byte> bytes, out string? error)
    {
        int written = 0;
        fixed (byte* p = bytes)
        {
            while (written < bytes.Length)
            {
                nint count = Libc.Write(_file, p + written, bytes.Length - written);
                if (count > 0)
                {
                    written += (int)count;
                    continue;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Eintr && !(errno == Errno.Eagain && WaitForRoom()))
                {
                    error = Libc.ErrorText(errno);
                    return written;
                }
            }
        }

        error = null;
        return written;
    }

    public void Dispose() => _file.Dispose();

    private bool WaitForRoom()
    {
        var entry = new Libc.PollEntry { Descriptor = (int)_file.DangerousGetHandle(), Wanted = Libc.PollOut };
        return Libc.Poll(&entry, 1, Patience) > 0;
    }
}
