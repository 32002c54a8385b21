using System.Globalization;

namespace Roundtrip.Processes.Users;

/// <summary>As whom a process runs: numbers only, so that nobody looks a name up twice and finds another answer.</summary>
/// <param name="Groups">The supplementary groups, in ascending order.</param>
public sealed record Identity(uint UserId, uint GroupId, IReadOnlyList<uint> Groups)
{
    /// <summary><c>uid:gid:group,group</c>, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{GroupId}:{string.Join(',', Groups)}");

    public static bool TryParse(string text, out Identity? identity)
    {
        ArgumentNullException.ThrowIfNull(text);
        identity = null;
        string[] parts = text.Split(':');
        if (parts.Length != 3 || !TryNumber(parts[0], out uint user) || !TryNumber(parts[1], out uint group))
        {
            return false;
        }

        var groups = new List<uint>();
        foreach (string part in parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryNumber(part, out uint one))
            {
                return false;
            }

            groups.Add(one);
        }

        identity = new Identity(user, group, groups);
        return true;
    }

    // uint.MaxValue means "leave it as it is" to setresuid, and is nobody's number.
    internal static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number != uint.MaxValue;
}
