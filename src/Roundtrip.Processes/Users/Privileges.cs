using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Users;

/// <summary>Gives up root's rights for good. First thing in Main, before anything from outside is read.</summary>
public static unsafe class Privileges
{
    /// <summary>Becomes <paramref name="identity"/> in every thread, and makes sure that it did and that there is no way back.</summary>
    /// <exception cref="ProcessException">A call failed or a thread kept a right: the process must end.</exception>
    public static void Drop(Identity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (identity.UserId == 0 || identity.GroupId == 0 || identity.Groups.Contains(0u))
        {
            throw new ProcessException("a server does not run as root or in root's group: name another User and Group");
        }

        // In this order: without root's user number the groups could not be changed any more.
        uint[] groups = [.. identity.Groups];
        fixed (uint* first = groups)
        {
            Check(Libc.SetGroups((nuint)groups.Length, first), "setgroups");
        }

        Check(Libc.SetResGid(identity.GroupId, identity.GroupId, identity.GroupId), "setresgid");
        Check(Libc.SetResUid(identity.UserId, identity.UserId, identity.UserId), "setresuid");
        Verify(identity);
    }

    /// <summary>Each thread's rights, as the kernel tells them.</summary>
    public static IReadOnlyList<ThreadRights> Describe() => ThreadRights.OfAll();

    private static void Verify(Identity identity)
    {
        uint real, effective, saved;
        Check(Libc.GetResUid(&real, &effective, &saved), "getresuid");
        Expect(identity.UserId, real, effective, saved, "user");
        Check(Libc.GetResGid(&real, &effective, &saved), "getresgid");
        Expect(identity.GroupId, real, effective, saved, "group");
        foreach (ThreadRights thread in ThreadRights.OfAll())
        {
            if (!thread.Is(identity))
            {
                throw new ProcessException($"a thread kept rights: {thread}, not {identity}");
            }
        }

        if (Libc.SetUid(0) == 0)
        {
            throw new ProcessException("setuid(0) succeeded after the rights were given up");
        }
    }

    private static void Expect(uint wanted, uint real, uint effective, uint saved, string what)
    {
        if (real != wanted || effective != wanted || saved != wanted)
        {
            throw new ProcessException($"the {what} is {real}, {effective}, {saved} (real, effective, saved), not {wanted}");
        }
    }

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new ProcessException($"{SystemError.Last(call)}{(Marshal.GetLastPInvokeError() == Errno.Eperm ? " (only root can become another user)" : "")}");
        }
    }
}
