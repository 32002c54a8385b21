using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>
/// A folder beneath which files are opened. The kernel itself keeps every path beneath it (openat2 with RESOLVE_BENEATH), so that no link and no race
/// with a rename leads out. May be used on any thread.
/// </summary>
public sealed unsafe partial class FileRoot : IDisposable
{
    // EAGAIN without RESOLVE_CACHED says that a rename raced with the look-up of a "..": asking again is what openat2(2) advises.
    private const int RaceRetries = 16;

    // For what takes a file's place between looking and opening. O_NONBLOCK: a FIFO is not waited for. O_NOCTTY: a terminal does not become ours.
    private const int ReadFlags = Libc.OCloexec | Libc.ONonblock | Libc.ONoctty;

    private readonly SafeFileHandle _folder;
    private readonly ulong _resolve;
    private readonly bool _knowsCached;
    private readonly bool _looksAtOwners;

    private FileRoot(SafeFileHandle folder, SymlinkRule links)
    {
        _folder = folder;
        _resolve = Libc.ResolveNoMagiclinks | links switch
        {
            SymlinkRule.Beneath => Libc.ResolveBeneath,
            SymlinkRule.None => Libc.ResolveBeneath | Libc.ResolveNoSymlinks,
            SymlinkRule.IfOwnerMatches => Libc.ResolveNoSymlinks,
            _ => 0,
        };
        _looksAtOwners = links == SymlinkRule.IfOwnerMatches;
        _knowsCached = Probe(Libc.ResolveCached);
    }

    /// <exception cref="TransportException">The folder cannot be opened, or the kernel has no openat2; the message says which and what to do.</exception>
    public static FileRoot Open(string folder, SymlinkRule links)
    {
        int descriptor = Libc.Open(folder, Libc.OPath | Libc.ODirectory | Libc.OCloexec);
        if (descriptor < 0)
        {
            throw new TransportException($"cannot serve {folder}: {Libc.ErrorText(Marshal.GetLastPInvokeError())}");
        }

        var root = new FileRoot(new SafeFileHandle(descriptor, ownsHandle: true), links);
        if (!root.Probe(0))
        {
            string why = Libc.ErrorText(Marshal.GetLastPInvokeError());
            root.Dispose();
            throw new TransportException(
                $"cannot serve {folder}: openat2 does not work here ({why}). It needs Linux 5.6 or later and a sandbox that allows the call.");
        }

        return root;
    }

    /// <summary>Opens what <paramref name="path"/> names for reading, and says what it is. Only a regular file or a directory is left open.</summary>
    /// <param name="mayWait">False: only if it takes no disk; otherwise the outcome is <see cref="OpenOutcome.WouldWait"/>.</param>
    public OpenOutcome Open(FilePath path, bool mayWait, out SafeFileHandle? file, out FileStamp stamp)
    {
        // Looked at first: to open a FIFO wakes whoever waits to write to it, and to open a device may do anything.
        file = null;
        int descriptor = -1;
        OpenOutcome outcome = Look(path, mayWait, out stamp);
        if (outcome == OpenOutcome.Found)
        {
            outcome = stamp.Kind == FileKind.Other ? OpenOutcome.Refused : Open(path, ReadFlags, mayWait, out descriptor);
        }

        if (outcome != OpenOutcome.Found)
        {
            return outcome;
        }

        // What was renamed to that name meanwhile is looked at again.
        if (!TryStamp(descriptor, out stamp))
        {
            outcome = OpenOutcome.Failed;
        }
        else if (stamp.Kind == FileKind.Other)
        {
            outcome = OpenOutcome.Refused;
        }

        if (outcome == OpenOutcome.Found)
        {
            file = new SafeFileHandle(descriptor, ownsHandle: true);
        }
        else
        {
            _ = Libc.Close(descriptor);
        }

        return outcome;
    }

    /// <summary>Says what <paramref name="path"/> names, and leaves nothing open.</summary>
    public OpenOutcome Look(FilePath path, bool mayWait, out FileStamp stamp)
    {
        stamp = default;
        OpenOutcome outcome = Open(path, Libc.OPath | Libc.OCloexec, mayWait, out int descriptor);
        if (outcome == OpenOutcome.Found)
        {
            outcome = TryStamp(descriptor, out stamp) ? OpenOutcome.Found : OpenOutcome.Failed;
            _ = Libc.Close(descriptor);
        }

        return outcome;
    }

    /// <summary>Looks again at a file that is open.</summary>
    public static bool TryStamp(SafeFileHandle file, out FileStamp stamp)
    {
        bool isHeld = false;
        file.DangerousAddRef(ref isHeld);
        bool isStamped = TryStamp((int)file.DangerousGetHandle(), out stamp);
        file.DangerousRelease();
        return isStamped;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Looks at a name in an open directory; at a symbolic link itself, and not where it leads.</summary>
    internal static bool TryStampName(SafeFileHandle directory, byte* name, out FileStamp stamp) =>
        TryStamp((int)directory.DangerousGetHandle(), name, Libc.AtSymlinkNofollow, out stamp);

    private static bool TryStamp(int descriptor, out FileStamp stamp)
    {
        byte none = 0;
        return TryStamp(descriptor, &none, Libc.AtEmptyPath, out stamp);
    }

    private static bool TryStamp(int directory, byte* path, int flags, out FileStamp stamp)
    {
        Libc.Statx result;
        if (Libc.StatX(directory, path, flags, Libc.StatxWanted, &result) != 0)
        {
            stamp = default;
            return false;
        }

        const int TypeMask = 0xF000;
        FileKind kind = (result.Mode & TypeMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            _ => FileKind.Other,
        };
        stamp = new FileStamp(
            kind,
            ((ulong)result.DeviceMajor << 32) | result.DeviceMinor,
            result.Inode,
            result.Links,
            (long)result.Size,
            Nanoseconds(result.ModifiedSeconds, result.ModifiedNanoseconds),
            Nanoseconds(result.ChangedSeconds, result.ChangedNanoseconds));
        return true;
    }

    // A file may claim any time at all; one that 64 bits of nanoseconds cannot hold stands at the end of what they can.
    private static long Nanoseconds(long seconds, uint nanoseconds)
    {
        const long Second = 1_000_000_000;
        return seconds is > -9_000_000_000 and < 9_000_000_000 ? (seconds * Second) + nanoseconds : seconds < 0 ? long.MinValue : long.MaxValue;
    }

    private OpenOutcome Open(FilePath path, int flags, bool mayWait, out int descriptor)
    {
        descriptor = -1;
        if (!mayWait && !_knowsCached)
        {
            return OpenOutcome.WouldWait;
        }

        var how = new Libc.OpenHow { Flags = (ulong)flags, Resolve = _resolve | (mayWait ? 0 : Libc.ResolveCached) };
        for (int attempt = 0; ; attempt++)
        {
            fixed (byte* p = path.Terminated)
            {
                descriptor = Libc.OpenAt2(_folder, p, how);
            }

            if (descriptor >= 0)
            {
                return OpenOutcome.Found;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.Eloop && _looksAtOwners && (how.Resolve & Libc.ResolveNoSymlinks) != 0)
            {
                // There is a link on the way: whose it is takes looking at each part of the path.
                if (!mayWait)
                {
                    return OpenOutcome.WouldWait;
                }

                if (OwnersMatch(path))
                {
                    how.Resolve &= ~Libc.ResolveNoSymlinks;
                    continue;
                }
            }

            if (errno == Errno.Eintr || (errno == Errno.Eagain && mayWait && attempt < RaceRetries))
            {
                continue;
            }

            return OutcomeOf(errno);
        }
    }

    private static OpenOutcome OutcomeOf(int errno)
    {
        const int Eperm = 1;
        const int Enoent = 2;
        const int Enxio = 6;
        const int Exdev = 18;
        const int Enodev = 19;
        const int Enotdir = 20;
        const int Enametoolong = 36;
        return errno switch
        {
            // A name that is too long cannot be there.
            Enoent or Enotdir or Enametoolong => OpenOutcome.Missing,
            Errno.Eacces or Eperm or Exdev or Errno.Eloop or Enxio or Enodev => OpenOutcome.Refused,
            Errno.Eagain => OpenOutcome.WouldWait,
            Errno.Emfile or Errno.Enfile => OpenOutcome.OutOfDescriptors,
            _ => OpenOutcome.Failed,
        };
    }

    private bool Probe(ulong resolve)
    {
        var how = new Libc.OpenHow { Flags = (ulong)(Libc.OPath | Libc.OCloexec), Resolve = _resolve | resolve };
        ReadOnlySpan<byte> here = ".\0"u8;
        fixed (byte* p = here)
        {
            int descriptor = Libc.OpenAt2(_folder, p, how);
            if (descriptor < 0)
            {
                // A kernel that knows RESOLVE_CACHED may still have to ask the disk.
                return resolve != 0 && Marshal.GetLastPInvokeError() == Errno.Eagain;
            }

            _ = Libc.Close(descriptor);
            return true;
        }
    }
}
