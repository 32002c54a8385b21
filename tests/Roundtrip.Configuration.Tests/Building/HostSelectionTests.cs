using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using Roundtrip.Configuration.Tests.Support;
using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Configuration.Tests.Building;

/// <summary>"Name-based Virtual Host Support" and "An In-Depth Discussion of Virtual Host Matching", as a slow model and as single rules.</summary>
public class HostSelectionTests
{
    private static readonly Gen<string> Labels = Gen.OneOfConst("a", "b", "ab", "A", "B", "Ab");

    private static readonly Gen<string> Names = Labels.Array[1, 3].Select(labels => string.Join('.', labels));

    private static readonly Gen<string> Aliases = Gen.OneOf(Names, Names.Select(name => $"*.{name}"), Names.Select(name => $"{name}.*"), Names.Select(name => $"?{name}"), Gen.Const("*"));

    private static readonly Gen<Host> Hosts = Gen.Select(Gen.OneOf(Names, Gen.Const("")), Aliases.Array[0, 3], (name, aliases) => new Host(name, aliases));

    [Fact]
    public void The_first_host_that_has_the_name_is_chosen_and_the_first_of_all_where_none_has() =>
        Gen.Select(Hosts.Array[1, 6], Names.Array[1, 6]).Sample((hosts, asked) => Check(hosts, asked), iter: 3000);

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    public void So_it_is_with_many_hosts(int count) =>
        Gen.Select(Hosts.Array[count], Names.Array[20]).Sample((hosts, asked) => Check(hosts, [.. asked, .. hosts.Select(host => host.Name).Where(name => name.Length > 0)]), iter: 30);

    [Theory]
    [InlineData("a.test", "a.test")]
    [InlineData("A.TEST", "a.test")]
    [InlineData("a.test:8080", "a.test")]
    [InlineData("a.test.", "a.test")]
    [InlineData("a.test.:80", "a.test")]
    [InlineData("nobody.test", "first.test")]
    [InlineData("", "first.test")]
    [InlineData(".", "first.test")]
    [InlineData("[::1]", "first.test")]
    [InlineData("[::1]:80", "first.test")]
    [InlineData("b.test", "b.test")]
    [InlineData("ı.test", "first.test")]
    [InlineData("\u212A.test", "first.test")]
    [InlineData("k.test", "k.test")]
    [InlineData("K.TEST", "k.test")]
    public void A_name_is_taken_without_case_port_and_last_dot(string asked, string found)
    {
        BuiltConfiguration built = Builds.Text(Text([new("first.test", []), new("a.test", []), new("https://b.test:99", []), new("i.test", []), new("k.test", [])]));

        Assert.Equal(found, built.Map.Find(IPAddress.Loopback, 80).Find(Encoding.UTF8.GetBytes(asked)).Name);
    }

    [Theory]
    [InlineData("192.0.2.1", 80, "address-port")]
    [InlineData("192.0.2.1", 81, "address")]
    [InlineData("192.0.2.9", 80, "port")]
    [InlineData("192.0.2.9", 81, "any")]
    [InlineData("2001:db8::1", 80, "six")]
    [InlineData("192.0.2.2", 443, "named")]
    public void The_most_specific_address_has_the_connection(string address, int port, string found)
    {
        BuiltConfiguration built = Builds.Text(string.Concat(
            OneHost("*", "any"), OneHost("*:80", "port"), OneHost("192.0.2.1", "address"), OneHost("192.0.2.1:80", "address-port"), OneHost("[2001:db8::1]:80", "six"), OneHost("known.test:443", "named")));

        Assert.Equal(found, built.Map.Find(IPAddress.Parse(address), (ushort)port).Default.Name);
    }

    [Fact]
    public void Where_no_address_matches_the_main_server_serves()
    {
        BuiltConfiguration built = Builds.Text($"ServerName main\n{OneHost("*:81", "other")}");

        Assert.Equal("main", built.Map.Find(IPAddress.Loopback, 80).Find("other"u8).Name);
    }

    [Fact]
    public void A_name_that_is_inherited_chooses_no_host()
    {
        BuiltConfiguration built = Builds.Text("ServerName main\n<VirtualHost *:80>\nServerName a\n</VirtualHost>\n<VirtualHost *:80>\n</VirtualHost>");

        Assert.Equal(1, built.Map.Find(IPAddress.Loopback, 80).Find("main"u8).Index);
    }

    [Theory]
    [InlineData("<VirtualHost>\n</VirtualHost>", "takes an address")]
    [InlineData("<VirtualHost *:x>\n</VirtualHost>", "'x' is not a port")]
    [InlineData("<VirtualHost *:70000>\n</VirtualHost>", "'70000' is not a port")]
    [InlineData("<VirtualHost unknown.test>\n</VirtualHost>", "the name unknown.test has no address")]
    [InlineData("<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n</VirtualHost>", "not allowed in <VirtualHost> context")]
    [InlineData("<Directory /a>\n<VirtualHost *>\n</VirtualHost>\n</Directory>", "not allowed in <Directory> context")]
    public void A_host_that_cannot_be_is_an_error(string text, string error) => Assert.Contains(error, Assert.Single(Builds.Text(text).Errors).Message, StringComparison.Ordinal);

    private static void Check(Host[] hosts, IEnumerable<string> asked)
    {
        HostTable table = Builds.Text(Text(hosts)).Map.Find(IPAddress.Loopback, 80);
        foreach (string name in asked)
        {
            int expected = Array.FindIndex(hosts, host => (host.Name.Length > 0 && Like(host.Name, name)) || host.Aliases.Any(alias => Like(alias, name)));
            Assert.Equal(Math.Max(0, expected) + 1, table.Find(Encoding.ASCII.GetBytes(name)).Index);
        }
    }

    private static string Text(IEnumerable<Host> hosts) => string.Concat(hosts.Select(host =>
        $"<VirtualHost *:80>\n{(host.Name.Length > 0 ? $"ServerName {host.Name}\n" : "")}{string.Concat(host.Aliases.Select(alias => $"ServerAlias {alias}\n"))}</VirtualHost>\n"));

    private static string OneHost(string address, string name) => string.Create(CultureInfo.InvariantCulture, $"<VirtualHost {address}>\nServerName {name}\n</VirtualHost>\n");

    private static bool Like(string pattern, string text) => pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? Like(pattern[1..], text) || (text.Length > 0 && Like(pattern, text[1..]))
        : text.Length > 0 && (pattern[0] == '?' || char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(text[0])) && Like(pattern[1..], text[1..]);

    private sealed record Host(string Name, string[] Aliases);
}
