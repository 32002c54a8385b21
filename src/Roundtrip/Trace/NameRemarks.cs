using Roundtrip.Core;
using Roundtrip.Tools.Names.Delegation;

namespace Roundtrip.Program;

/// <summary>What the walk down the delegations has to say of names that are not shown.</summary>
internal static class NameRemarks
{
    public static IEnumerable<string> Of(IEnumerable<PeerAddress> addresses, ThoroughNames? thorough)
    {
        if (thorough is null)
        {
            yield break;
        }

        foreach (PeerAddress address in addresses.Distinct())
        {
            if (thorough.Found.TryGetValue(address, out ThoroughName? name) && name.Remark.Length > 0)
            {
                yield return $"{address.ToIPAddress()}: {name.Remark}";
            }
        }
    }
}
