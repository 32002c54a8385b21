using System.Runtime.InteropServices;

namespace Roundtrip.Interop;

/// <summary>Opening files beneath a root, looking at them and reading them without waiting for a disk.</summary>
internal static unsafe partial class Libc
{
    public const int OTrunc = 0x200;
    public const int FSetfl = 4;
    public const int OPath = 0x200000;
    public const int AtFdcwd = -100;
    public const int AtEmptyPath = 0x1000;
    public const int AtSymlinkNofollow = 0x100;
    public const ulong ResolveNoMagiclinks = 0x02;
    public const ulong ResolveNoSymlinks = 0x04;
    public const ulong ResolveBeneath = 0x08;
    public const ulong ResolveCached = 0x20;
    public const int RwfNowait = 0x8;

    /// <summary>STATX_TYPE and UID.</summary>
    public const uint StatxOwner = 0x0001 | 0x0008;

    /// <summary>STATX_TYPE, MODE, NLINK, MTIME, CTIME, INO and SIZE.</summary>
    public const uint StatxWanted = 0x0001 | 0x0002 | 0x0004 | 0x0040 | 0x0080 | 0x0100 | 0x0200;

    // The same number on every architecture since it was added in Linux 5.6. glibc has no function for it before 2.42.
    private const nint SysOpenAt2 = 437;

    // The same number on every architecture; glibc has no function for it.
    private const nint SysCacheStat = 451;

    /// <summary>O_DIRECTORY is one of the flags whose numbers arm64 has kept from arm.</summary>
    public static readonly int ODirectory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public static int OpenAt2(SafeHandle directory, byte* path, in OpenHow how)
    {
        fixed (OpenHow* p = &how)
        {
            return (int)SystemCall(SysOpenAt2, directory, path, p, sizeof(OpenHow));
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int StatX(int directory, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint PReadV2(SafeHandle fd, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDents64(SafeHandle fd, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string path, string link);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, SafeHandle directory, byte* path, OpenHow* how, nint size);

    /// <summary>Counts the pages of a stretch of a file that the page cache has (cachestat(2), Linux 6.5).</summary>
    public static int CacheStat(SafeHandle file, in CacheStatRange range, out CacheStatCounts counts)
    {
        fixed (CacheStatRange* r = &range)
        fixed (CacheStatCounts* c = &counts)
        {
            return (int)SystemCall(SysCacheStat, file, r, c, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, SafeHandle file, CacheStatRange* range, CacheStatCounts* counts, nint flags);

    /// <summary>struct cachestat_range, in bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CacheStatRange
    {
        public ulong Offset;
        public ulong Length;
    }

    /// <summary>struct cachestat, in pages.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CacheStatCounts
    {
        public ulong Cached;
        public ulong Dirty;
        public ulong Writeback;
        public ulong Evicted;
        public ulong RecentlyEvicted;
    }

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct statx: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(0x10)]
        public uint Links;

        [FieldOffset(0x14)]
        public uint User;

        [FieldOffset(0x1C)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x60)]
        public long ChangedSeconds;

        [FieldOffset(0x68)]
        public uint ChangedNanoseconds;

        [FieldOffset(0x70)]
        public long ModifiedSeconds;

        [FieldOffset(0x78)]
        public uint ModifiedNanoseconds;

        [FieldOffset(0x88)]
        public uint DeviceMajor;

        [FieldOffset(0x8C)]
        public uint DeviceMinor;
    }
}
