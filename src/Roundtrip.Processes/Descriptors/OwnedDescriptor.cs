using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>
/// A descriptor that somebody owns and closes once. Every one of them has FD_CLOEXEC: a child gets only what <see cref="Spawning.ChildStart"/> lists.
/// </summary>
public sealed class OwnedDescriptor : SafeHandleMinusOneIsInvalid
{
    private OwnedDescriptor(int number, bool ownsHandle)
        : base(ownsHandle) => SetHandle(number);

    /// <summary>The process's own standard output; never closed.</summary>
    public static OwnedDescriptor StandardOutput { get; } = new(1, ownsHandle: false);

    /// <summary>The process's own standard error; never closed.</summary>
    public static OwnedDescriptor StandardError { get; } = new(2, ownsHandle: false);

    public int Number => (int)handle;

    /// <summary>Takes over a descriptor and sets FD_CLOEXEC, before anything can be spawned with it.</summary>
    /// <exception cref="ProcessException">It is not open.</exception>
    public static OwnedDescriptor Own(int number)
    {
        if (Libc.Fcntl(number, Libc.FSetfd, Libc.FdCloexec) < 0)
        {
            throw new ProcessException(SystemError.Last("fcntl", $"F_SETFD of descriptor {number}"));
        }

        return new OwnedDescriptor(number, ownsHandle: true);
    }

    /// <summary>Opens a log for appending; makes it where it is not there, with this mode and group, whatever the umask says.</summary>
    /// <remarks>O_APPEND: two writers of one file, such as the old generation and the new, do not overwrite each other.</remarks>
    /// <param name="mode">The permission bits, such as 0640.</param>
    /// <param name="group">The group's number that it is given, or null for none.</param>
    public static bool TryOpenAppend(string path, uint mode, uint? group, out OwnedDescriptor? opened, out SystemError? error)
    {
        const uint SameUser = uint.MaxValue;
        const int Existing = Libc.OWronly | Libc.OAppend | Libc.OCloexec | Libc.ONoctty;
        (opened, error) = (null, null);
        int number = Libc.Open(path, Existing, 0);
        bool isNew = false;
        if (number < 0 && Marshal.GetLastPInvokeError() == Errno.Enoent)
        {
            number = Libc.Open(path, Existing | Libc.OCreat, mode);
            isNew = true;
        }

        if (number < 0)
        {
            error = SystemError.Last("open", path);
            return false;
        }

        var file = new OwnedDescriptor(number, ownsHandle: true);
        if (isNew && (Libc.Fchmod(file, mode) < 0 || (group is { } wanted && Libc.Fchown(file, SameUser, wanted) < 0)))
        {
            error = SystemError.Last("fchmod or fchown", path);
            file.Dispose();
            return false;
        }

        opened = file;
        return true;
    }

    /// <summary>Another descriptor of the same open file.</summary>
    /// <param name="floor">The lowest number that it may have.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public OwnedDescriptor Duplicate(int floor = 0) => DuplicateOf(this, floor);

    /// <summary>Another descriptor of what some other type of handle holds, such as a socket's.</summary>
    /// <param name="floor">The lowest number that it may have.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static OwnedDescriptor DuplicateOf(SafeHandle of, int floor = 0)
    {
        int number = Libc.Fcntl(of, Libc.FDupfdCloexec, floor);
        return number >= 0
            ? new OwnedDescriptor(number, ownsHandle: true)
            : throw new ProcessException(SystemError.Last("fcntl", "F_DUPFD_CLOEXEC"));
    }

    /// <summary>Gives the number away: whoever takes it closes it.</summary>
    public int Release()
    {
        int number = Number;
        SetHandleAsInvalid();
        return number;
    }

    /// <summary>What a call with its own O_CLOEXEC, MSG_CMSG_CLOEXEC or the like returned.</summary>
    /// <exception cref="ProcessException">The call failed.</exception>
    internal static OwnedDescriptor Result(int number, string call) =>
        number >= 0 ? new OwnedDescriptor(number, ownsHandle: true) : throw new ProcessException(SystemError.Last(call));

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
