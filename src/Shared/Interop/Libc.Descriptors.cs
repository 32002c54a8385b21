using System.Runtime.InteropServices;

namespace Roundtrip.Interop;

/// <summary>
/// Calls of the C library. Each sets errno, which <see cref="Marshal.GetLastPInvokeError"/> gives. The files of this folder are what Transport and Processes both need, compiled into each: the
/// two rooms do not know each other, and Core, below them, is free of the system. What one of them needs alone is declared there.
/// </summary>
internal static unsafe partial class Libc
{
    public const int OWronly = 0x1;
    public const int OCreat = 0x40;
    public const int ONoctty = 0x100;
    public const int OAppend = 0x400;
    public const int ONonblock = 0x800;
    public const int OCloexec = 0x80000;
    public const int FDupfdCloexec = 1030;
    public const int EfdNonblock = 0x800;
    public const int EfdCloexec = 0x80000;
    public const short PollOut = 0x4;

    /// <summary>O_NOFOLLOW is one of the flags whose numbers arm64 has kept from arm.</summary>
    public static readonly int ONofollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeHandle fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle fd, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint PRead(SafeHandle fd, void* buffer, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nint count, int timeout);

    /// <summary>An error's number as a sentence.</summary>
    public static string ErrorText(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
