using System.Globalization;

namespace Roundtrip.Processes.Users;

/// <summary>What /proc/self/task/TID/status says of one thread. The four numbers are real, effective, saved, file system.</summary>
public sealed record ThreadRights(
    int ThreadId, string Name, IReadOnlyList<uint> UserIds, IReadOnlyList<uint> GroupIds, IReadOnlyList<uint> Groups, ulong Effective, ulong Permitted, bool HasNoNewPrivileges)
{
    /// <summary>Whether the thread is all and only <paramref name="identity"/>, without a capability.</summary>
    public bool Is(Identity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return UserIds.All(id => id == identity.UserId) && GroupIds.All(id => id == identity.GroupId)
            && Groups.Order().SequenceEqual(identity.Groups.Distinct().Order()) && Effective == 0 && Permitted == 0;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}[{ThreadId}] uid={string.Join(',', UserIds)} gid={string.Join(',', GroupIds)} groups={string.Join(',', Groups)} eff={Effective:x} prm={Permitted:x}");

    /// <summary>Every thread of this process.</summary>
    internal static List<ThreadRights> OfAll()
    {
        var all = new List<ThreadRights>();
        foreach (string folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                all.Add(Parse(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), File.ReadAllLines(Path.Combine(folder, "status"))));
            }
            catch (IOException)
            {
                // The thread ended since the folder was listed: ENOENT or ESRCH. It has no rights any more.
            }
        }

        return all;
    }

    internal static ThreadRights Parse(int threadId, IEnumerable<string> lines)
    {
        var fields = new Dictionary<string, string>();
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            fields[line[..Math.Max(colon, 0)]] = line[(colon + 1)..].Trim();
        }

        return new ThreadRights(
            threadId, fields["Name"], Numbers("Uid"), Numbers("Gid"), Numbers("Groups"), Bits("CapEff"), Bits("CapPrm"), fields.GetValueOrDefault("NoNewPrivs") == "1");

        uint[] Numbers(string field) =>
            [.. fields[field].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Select(number => uint.Parse(number, CultureInfo.InvariantCulture))];

        ulong Bits(string field) => ulong.Parse(fields[field], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
