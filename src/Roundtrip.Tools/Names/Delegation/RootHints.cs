using System.Net;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>The servers of the root zone.</summary>
public sealed record RootHints
{
    // https://www.iana.org/domains/root/servers
    private static readonly (char Letter, string V4, string V6)[] Known =
    [
        ('a', "198.41.0.4", "2001:503:ba3e::2:30"), ('b', "170.247.170.2", "2801:1b8:10::b"), ('c', "192.33.4.12", "2001:500:2::c"), ('d', "199.7.91.13", "2001:500:2d::d"),
        ('e', "192.203.230.10", "2001:500:a8::e"), ('f', "192.5.5.241", "2001:500:2f::f"), ('g', "192.112.36.4", "2001:500:12::d0d"), ('h', "198.97.190.53", "2001:500:1::53"),
        ('i', "192.36.148.17", "2001:7fe::53"), ('j', "192.58.128.30", "2001:503:c27::2:30"), ('k', "193.0.14.129", "2001:7fd::1"), ('l', "199.7.83.42", "2001:500:9f::42"),
        ('m', "202.12.27.33", "2001:dc3::35"),
    ];

    private RootHints(IReadOnlyList<DnsServer> servers, bool isPublic) => (Servers, IsPublic) = (servers, isPublic);

    /// <summary>The public root.</summary>
    public static RootHints Public { get; } = new([.. Known.Select(root => new DnsServer(Name($"{root.Letter}.root-servers.net"), [Address(root.V4), Address(root.V6)]))], isPublic: true);

    /// <summary>Whether it is the public root, which is not asked about addresses that mean something else everywhere.</summary>
    public bool IsPublic { get; }

    internal IReadOnlyList<DnsServer> Servers { get; }

    /// <summary>Reads a file as IANA's named.root: lines of records, of which A and AAAA are taken; comments begin with a semicolon.</summary>
    /// <returns>Null where no line has an address.</returns>
    public static RootHints? Parse(IEnumerable<string> lines)
    {
        var addresses = new Dictionary<DnsName, List<PeerAddress>>();
        foreach (string line in lines)
        {
            string[] words = line.Split(';')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3 && words[^2].ToUpperInvariant() is "A" or "AAAA" && DnsName.TryParse(words[0], out DnsName name) && IPAddress.TryParse(words[^1], out IPAddress? address))
            {
                addresses.TryAdd(name, []);
                addresses[name].Add(PeerAddress.From(address, 0));
            }
        }

        return addresses.Count == 0 ? null : new RootHints([.. addresses.Select(root => new DnsServer(root.Key, root.Value))], isPublic: false);
    }

    private static PeerAddress Address(string text) => PeerAddress.From(IPAddress.Parse(text), 0);

    private static DnsName Name(string text) => DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException(text);
}
