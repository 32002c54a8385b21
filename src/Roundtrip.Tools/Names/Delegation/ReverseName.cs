using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>The names that addresses have in the reverse trees (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
internal static class ReverseName
{
    // RFC 6303 section 4 and RFC 7793: what these are named is known on the spot, and the root is not asked for it.
    private static readonly IPNetwork[] Local =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.51.100.0/24", "203.0.113.0/24",
            "255.255.255.255/32", "::/127", "fc00::/7", "fe80::/10", "2001:db8::/32",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    public static DnsName Of(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        string text = address.AddressFamily == AddressFamily.InterNetwork
            ? $"{string.Join('.', bytes.Reverse().Select(value => value.ToString(CultureInfo.InvariantCulture)))}.in-addr.arpa"
            : $"{string.Join('.', Convert.ToHexStringLower(bytes).Reverse())}.ip6.arpa";
        return DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException(text, nameof(address));
    }

    public static bool IsLocal(IPAddress address) => Array.Exists(Local, network => network.Contains(address));
}
