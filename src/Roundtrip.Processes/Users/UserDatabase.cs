using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Users;

/// <summary>A user's entry in the system's database.</summary>
public sealed record UserEntry(string Name, uint UserId, uint GroupId);

/// <summary>Users and groups by name, or by number as httpd's <c>User #33</c> has it.</summary>
public static unsafe class UserDatabase
{
    // Where a group has thousands of members, its entry is long.
    private const int FirstEntry = 1 << 12;
    private const int LargestEntry = 1 << 22;

    /// <summary>As whom <c>User</c> and <c>Group</c> say that the server runs.</summary>
    /// <param name="user">A name or #number.</param>
    /// <param name="group">A name or #number; null for the user's own.</param>
    /// <param name="error">Which of the two is not there.</param>
    public static bool TryFind(string user, string? group, out Identity? identity, out string? error)
    {
        (identity, error) = (null, null);
        if (!TryFindUser(user, out UserEntry? entry, out uint number))
        {
            error = $"there is no user {user}";
            return false;
        }

        uint groupId = 0;
        if (group is null && entry is null)
        {
            error = $"the user {user} is not in the database, so its group must be named";
            return false;
        }

        if (group is null)
        {
            groupId = entry!.GroupId;
        }
        else if (!TryFindGroup(group, out groupId))
        {
            error = $"there is no group {group}";
            return false;
        }

        identity = new Identity(number, groupId, entry is null ? [groupId] : GroupsOf(entry.Name, groupId));
        return true;
    }

    /// <param name="entry">Null where a number was given that no entry has.</param>
    public static bool TryFindUser(string nameOrNumber, out UserEntry? entry, out uint number)
    {
        ArgumentNullException.ThrowIfNull(nameOrNumber);
        bool isNumber = IsNumber(nameOrNumber, out number);
        UserEntry? made = null;
        for (int length = FirstEntry; length <= LargestEntry; length *= 4)
        {
            // The entry's strings stand in a buffer of ours; the call says when it is too short.
            byte[] buffer = new byte[length];
            Libc.UserRecord record = default;
            Libc.UserRecord* found = null;
            fixed (byte* first = buffer)
            {
                int result = isNumber
                    ? Libc.GetUserById(number, &record, first, length, &found)
                    : Libc.GetUserByName(nameOrNumber, &record, first, length, &found);
                if (result == 0 && found != null)
                {
                    made = new UserEntry(Marshal.PtrToStringUTF8((nint)record.Name)!, record.UserId, record.GroupId);
                }

                if (result != Errno.Erange)
                {
                    break;
                }
            }
        }

        entry = made;
        number = made?.UserId ?? number;
        return isNumber || made is not null;
    }

    public static bool TryFindGroup(string nameOrNumber, out uint number)
    {
        ArgumentNullException.ThrowIfNull(nameOrNumber);
        if (IsNumber(nameOrNumber, out number))
        {
            return true;
        }

        for (int length = FirstEntry; length <= LargestEntry; length *= 4)
        {
            byte[] buffer = new byte[length];
            Libc.GroupRecord record = default;
            Libc.GroupRecord* found = null;
            fixed (byte* first = buffer)
            {
                int result = Libc.GetGroupByName(nameOrNumber, &record, first, length, &found);
                if (result != Errno.Erange)
                {
                    number = record.GroupId;
                    return result == 0 && found != null;
                }
            }
        }

        return false;
    }

    private static uint[] GroupsOf(string user, uint group)
    {
        uint[] groups = new uint[64];
        while (true)
        {
            int count = groups.Length;
            fixed (uint* first = groups)
            {
                if (Libc.GetGroupList(user, group, first, &count) >= 0)
                {
                    return [.. groups[..count].Distinct().Order()];
                }
            }

            groups = new uint[Math.Max(count, groups.Length * 2)];
        }
    }

    private static bool IsNumber(string text, out uint number)
    {
        number = 0;
        return text.StartsWith('#') && Identity.TryNumber(text[1..], out number);
    }
}
