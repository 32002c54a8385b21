using System.Runtime.InteropServices;

namespace Roundtrip.Processes.Interop;

/// <summary>Descriptors: making them, their flags, waiting for them. Each call sets errno, which <see cref="Marshal.GetLastPInvokeError"/> gives.</summary>
internal static unsafe partial class Libc
{
    public const int OWronly = 0x1;
    public const int OCreat = 0x40;
    public const int ORdwr = 0x2;
    public const int ONoctty = 0x100;
    public const int OAppend = 0x400;
    public const int ONonblock = 0x800;
    public const int OCloexec = 0x80000;

    public const int FGetfd = 1;
    public const int FSetfd = 2;
    public const int FDupfdCloexec = 1030;
    public const int FAddSeals = 1033;
    public const int FGetSeals = 1034;
    public const int FdCloexec = 1;

    public const int EfdNonblock = 0x800;
    public const int EfdCloexec = 0x80000;

    public const uint MfdCloexec = 0x1;
    public const uint MfdAllowSealing = 0x2;
    public const int SealSeal = 0x1;
    public const int SealShrink = 0x2;
    public const int SealGrow = 0x4;
    public const int SealWrite = 0x8;
    public const int SeekEnd = 2;

    public const short PollIn = 0x1;
    public const short PollOut = 0x4;
    public const short PollHup = 0x10;

    /// <summary>O_NOFOLLOW is one of the flags whose numbers arm64 has kept from arm.</summary>
    public static readonly int ONofollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeHandle fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int Fchown(SafeHandle fd, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(SafeHandle fd, uint mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle fd, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle fd, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint PRead(SafeHandle fd, void* buffer, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle fd, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MemfdCreate(string name, uint flags);

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
