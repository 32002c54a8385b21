using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Transport.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>A file or pipe to whose end is written, by this process and perhaps by others at the same time. It waits: not for a loop.</summary>
public sealed unsafe class AppendFile : IDisposable
{
    // How long one that does not block, such as a terminal another program made so, is waited for.
    private const int Patience = 1000;

    private readonly SafeFileHandle _file;

    private AppendFile(SafeFileHandle file) => _file = file;

    /// <summary>Opens a file for appending; makes it, readable by all, where it is not there.</summary>
    /// <exception cref="TransportException">It cannot be opened; the message says why.</exception>
    public static AppendFile Open(string path)
    {
        const uint Mode = 0x1A4; // 0644
        int descriptor = Libc.Create(path, Libc.OWronly | Libc.OCreat | Libc.OAppend | Libc.OCloexec | Libc.ONoctty, Mode);
        return descriptor >= 0
            ? new AppendFile(new SafeFileHandle(descriptor, ownsHandle: true))
            : throw new TransportException($"cannot write to {path}: {Libc.ErrorText(Marshal.GetLastPInvokeError())}");
    }

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
