using System.Net;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;
using Roundtrip.Tools.Names.Delegation;

namespace Roundtrip.Tools.Tests;

/// <summary>Walks over servers that live in a table: those of a root, a registry of addresses and a zone of hosts, and such as mean no good.</summary>
public class DelegationTests
{
    private static readonly IPAddress Host = IPAddress.Parse("198.18.6.2");

    private readonly World _world = new();

    public DelegationTests()
    {
        _world.Add("10.0.0.1", Delegation("18.198.in-addr.arpa", "18.198.in-addr.arpa", ("ns.registry", "10.0.0.2")), under: "18.198.in-addr.arpa");
        _world.Add("10.0.0.1", Delegation("example", "example", ("ns.example", "10.0.0.3")), under: "example");
        _world.Add("10.0.0.2", Answer("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer, "host.example"));
        _world.Add("10.0.0.3", Answer("host.example", DnsType.A, "198.18.6.2"));
    }

    [Fact]
    public async Task A_name_is_confirmed_by_its_own_zone()
    {
        ThoroughName name = await Walk();

        Assert.Equal(("host.example", true, ""), (name.Name, name.IsConfirmed, name.Remark));
        Assert.Equal([".", "18.198.in-addr.arpa", ".", "example"], name.Zones);
        Assert.Equal(4, _world.Asked);
    }

    [Fact]
    public async Task What_was_learnt_of_a_zone_is_not_asked_for_again()
    {
        var names = new ThoroughNames(Hints, _world);
        await names.Of(Host, CancellationToken.None);
        ThoroughName again = await names.Of(Host, CancellationToken.None);

        Assert.True(again.IsConfirmed);
        Assert.Equal([".", "18.198.in-addr.arpa", ".", "example"], again.Zones);
        Assert.Equal(6, _world.Asked);
    }

    [Fact]
    public async Task A_name_whose_zone_does_not_know_the_address_is_not_confirmed()
    {
        _world.Set("10.0.0.3", Answer("host.example", DnsType.A, "198.18.6.9"));

        ThoroughName name = await Walk();

        Assert.Equal(("host.example", false, "PTR says host.example, which does not lead back: it has 198.18.6.9"), (name.Name, name.IsConfirmed, name.Remark));
    }

    [Fact]
    public async Task A_name_that_its_zone_does_not_have_is_not_confirmed()
    {
        _world.Set("10.0.0.3", Message("host.example", DnsType.A) with { ResponseCode = DnsResponseCode.NoSuchName });

        Assert.Equal("PTR says host.example, which does not lead back: zone example has no such name", (await Walk()).Remark);
    }

    [Fact]
    public async Task Of_several_names_one_that_leads_back_is_enough()
    {
        _world.Set("10.0.0.2", Answer("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer, "other.example", "host.example"));
        _world.Add("10.0.0.3", Message("other.example", DnsType.A));

        Assert.Equal(("host.example", true), ((await Walk()).Name, (await Walk()).IsConfirmed));
    }

    [Theory]
    [InlineData(DnsResponseCode.Refused)]
    [InlineData(DnsResponseCode.ServerFailure)]
    public async Task A_lame_delegation_is_said_with_its_zone_and_its_server(DnsResponseCode code)
    {
        _world.Set("10.0.0.2", Message("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer) with { IsAuthoritative = false, ResponseCode = code });

        Assert.Equal("no PTR: zone 18.198.in-addr.arpa: none of its servers answers for it: a lame delegation (10.0.0.2)", (await Walk()).Remark);
    }

    [Fact]
    public async Task Another_server_of_the_zone_is_asked_where_one_is_silent_or_lame()
    {
        _world.Set("10.0.0.1", Delegation("18.198.in-addr.arpa", "18.198.in-addr.arpa", ("a.registry", "10.9.9.9"), ("b.registry", "10.0.0.3"), ("c.registry", "10.0.0.2")), under: "18.198.in-addr.arpa");

        Assert.True((await Walk()).IsConfirmed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("arpa")]
    [InlineData("18.198.in-addr.arpa")]
    [InlineData("7.18.198.in-addr.arpa")]
    [InlineData("1.2.6.18.198.in-addr.arpa")]
    public async Task A_referral_that_does_not_lead_down_to_the_name_is_not_followed(string zone)
    {
        _world.Set("10.0.0.2", Delegation("2.6.18.198.in-addr.arpa", zone, ("ns.elsewhere", "10.0.0.1")), under: "18.198.in-addr.arpa");

        Assert.Contains("a lame delegation (10.0.0.2)", (await Walk()).Remark, StringComparison.Ordinal);
        Assert.InRange(_world.Asked, 1, 4);
    }

    [Fact]
    public async Task Aliases_that_lead_in_a_circle_are_not_followed_for_ever()
    {
        _world.Set("10.0.0.3", Alias("host.example", "b.example"));
        _world.Add("10.0.0.3", Alias("b.example", "host.example"));

        Assert.Equal("PTR says host.example, which does not lead back: zone example: its aliases (CNAME) lead in a circle, or too far: host.example again", (await Walk()).Remark);
    }

    [Fact]
    public async Task A_chain_of_aliases_has_an_end()
    {
        for (int i = 0; i < 100; i++)
        {
            _world.Set("10.0.0.3", Alias(i == 0 ? "host.example" : $"a{i}.example", $"a{i + 1}.example"));
        }

        Assert.Contains("or too far", (await Walk()).Remark, StringComparison.Ordinal);
        Assert.InRange(_world.Asked, 1, 15);
    }

    [Fact]
    public async Task An_address_by_way_of_an_alias_in_another_zone_is_found()
    {
        // RFC 2317: parts of a reverse zone that others have.
        _world.Set("10.0.0.2", Alias("2.6.18.198.in-addr.arpa", "2.slash.6.18.198.in-addr.arpa"));
        _world.Add("10.0.0.2", Answer("2.slash.6.18.198.in-addr.arpa", DnsType.DomainNamePointer, "host.example"));

        Assert.True((await Walk()).IsConfirmed);
    }

    [Fact]
    public async Task Servers_without_an_address_have_theirs_walked_for()
    {
        _world.Set("10.0.0.1", Delegation("example", "example", ("ns.hoster", "")), under: "example");
        _world.Add("10.0.0.1", Delegation("hoster", "hoster", ("a.hoster", "10.0.0.4")), under: "hoster");
        _world.Add("10.0.0.4", Answer("ns.hoster", DnsType.A, "10.0.0.3"));

        Assert.True((await Walk()).IsConfirmed);
    }

    [Fact]
    public async Task Servers_that_have_addresses_of_IPv6_alone_are_asked_there()
    {
        // By glue, and by the server's own zone.
        _world.Set("10.0.0.1", Delegation("example", "example", ("ns.hoster", "")), under: "example");
        _world.Add("10.0.0.1", Delegation("hoster", "hoster", ("a.hoster", "fd00::4")), under: "hoster");
        _world.Add("fd00::4", Answer("ns.hoster", DnsType.Aaaa, "fd00::3"));
        _world.Add("fd00::3", Answer("host.example", DnsType.A, "198.18.6.2"));

        Assert.True((await Walk()).IsConfirmed);
    }

    [Fact]
    public async Task A_server_that_is_silent_by_IPv4_is_asked_by_IPv6()
    {
        _world.Set("10.0.0.1", Delegation("example", "example", ("ns.example", "10.9.9.9"), ("ns.example", "fd00::3")), under: "example");
        _world.Add("fd00::3", Answer("host.example", DnsType.A, "198.18.6.2"));

        Assert.True((await Walk()).IsConfirmed);
    }

    [Fact]
    public async Task Of_a_zone_with_many_servers_that_are_silent_no_more_than_four_are_waited_for_and_no_further_ones_looked_for()
    {
        (string, string)[] silent = [.. Enumerable.Range(1, 6).Select(i => ($"n{i}.example", $"10.9.9.{i}"))];
        _world.Set("10.0.0.1", Delegation("example", "example", [.. silent, ("ns.hoster", "")]), under: "example");

        Assert.Contains("zone example: none of its servers answers (10.9.9.1, 10.9.9.2, 10.9.9.3, 10.9.9.4)", (await Walk()).Remark, StringComparison.Ordinal);
        Assert.Equal(3 + 4, _world.Asked);
    }

    [Fact]
    public async Task Servers_whose_addresses_lie_in_zones_of_each_other_cannot_be_found()
    {
        _world.Set("10.0.0.1", Delegation("example", "example", ("ns.hoster", "")), under: "example");
        _world.Add("10.0.0.1", Delegation("hoster", "hoster", ("ns.example", "")), under: "hoster");

        Assert.Contains("zone example: none of its servers has an address that can be found", (await Walk()).Remark, StringComparison.Ordinal);
        Assert.InRange(_world.Asked, 1, 15);
    }

    [Fact]
    public async Task A_thousand_servers_without_addresses_do_not_cost_a_thousand_questions()
    {
        // Each leads to as many more.
        _world.Set("10.0.0.1", Delegation("example", "example", [.. Enumerable.Range(0, 1000).Select(i => ($"ns.h{i}", ""))]), under: "example");
        for (int i = 0; i < 1000; i++)
        {
            _world.Add("10.0.0.1", Delegation($"h{i}", $"h{i}", [.. Enumerable.Range(0, 1000).Select(j => ($"ns.h{((13 * i) + j + 13) % 1000}", ""))]), under: $"h{i}");
        }

        Assert.Contains("too many questions", (await Walk()).Remark, StringComparison.Ordinal);
        Assert.Equal(60, _world.Asked);
    }

    [Fact]
    public async Task An_address_that_a_server_tells_of_names_that_are_not_its_own_is_not_taken()
    {
        // The registry of addresses says where example's server is: only the root and example may.
        _world.Set("10.0.0.2", Delegation("2.6.18.198.in-addr.arpa", "6.18.198.in-addr.arpa", ("ns.example", "10.6.6.6")), under: "18.198.in-addr.arpa");
        _world.Add("10.6.6.6", Answer("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer, "evil.example"));
        _world.Add("10.0.0.3", Answer("ns.example", DnsType.A, "10.0.0.5"));
        _world.Add("10.0.0.5", Answer("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer, "host.example"));

        Assert.Equal("host.example", (await Walk()).Name);
    }

    [Fact]
    public async Task A_name_with_bytes_that_no_host_has_is_not_asked_for_and_shown_without_them()
    {
        int at = 0;
        Assert.True(DnsName.TryRead([5, (byte)'a', 0x1b, (byte)'[', (byte)'2', (byte)'J', 0], ref at, out DnsName evil));
        _world.Set("10.0.0.2", Message("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer) with { Answers = [new DnsRecord(Name("2.6.18.198.in-addr.arpa"), DnsType.DomainNamePointer) { Target = evil }] });

        ThoroughName name = await Walk();

        Assert.False(name.IsConfirmed);
        Assert.DoesNotContain('\e', name.Remark);
        Assert.Contains("it is no host's name", name.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_root_is_no_hosts_name_though_its_servers_may_say_that_it_has_the_address()
    {
        _world.Set("10.0.0.2", Message("2.6.18.198.in-addr.arpa", DnsType.DomainNamePointer) with { Answers = [new DnsRecord(Name("2.6.18.198.in-addr.arpa"), DnsType.DomainNamePointer) { Target = DnsName.Root }] });
        _world.Add("10.0.0.1", Answer(".", DnsType.A, "198.18.6.2"));

        Assert.Equal((".", false, "PTR says ., which does not lead back: it is no host's name"), ((await Walk()).Name, (await Walk()).IsConfirmed, (await Walk()).Remark));
    }

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("10.1.2.3")]
    [InlineData("fe80::1")]
    [InlineData("2001:db8::1")]
    public async Task The_public_root_is_not_asked_about_addresses_that_are_not_public(string address)
    {
        ThoroughName name = await new ThoroughNames(RootHints.Public, _world).Of(IPAddress.Parse(address), CancellationToken.None);

        Assert.Equal((0, false), (_world.Asked, name.IsConfirmed));
        Assert.Equal("no address of the public DNS (RFC 6303)", name.Remark);
    }

    [Fact]
    public void The_reverse_names_are_those_of_the_RFCs()
    {
        Assert.Equal("2.6.18.198.in-addr.arpa", ReverseName.Of(Host).Text);
        Assert.Equal("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", ReverseName.Of(IPAddress.Parse("2001:db8:6::2")).Text);
    }

    [Fact]
    public void Hints_are_read_as_IANA_writes_them()
    {
        Assert.NotNull(RootHints.Parse(["; comment", ".  3600000  NS  A.ROOT-SERVERS.NET.", "A.ROOT-SERVERS.NET.  3600000  A  198.41.0.4 ; a", "A.ROOT-SERVERS.NET.  3600000  AAAA  2001:503:ba3e::2:30"]));
        Assert.Null(RootHints.Parse(["", "x", "a b c", "; a.root 1 A 1.2.3.4"]));
        Assert.Equal(13, RootHints.Public.Servers.Count);
    }

    private static RootHints Hints => RootHints.Parse(["root. 1 A 10.0.0.1"])!;

    private Task<ThoroughName> Walk() => new ThoroughNames(Hints, _world).Of(Host, CancellationToken.None);

    private static DnsName Name(string text) => DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException(text);

    private static DnsMessage Message(string name, DnsType type) => new(0, Name(name), type) { IsAuthoritative = true };

    private static DnsMessage Answer(string name, DnsType type, params string[] what) => Message(name, type) with
    {
        Answers = [.. what.Select(one => type == DnsType.DomainNamePointer
            ? new DnsRecord(Name(name), type) { Target = Name(one) }
            : new DnsRecord(Name(name), type) { Address = PeerAddress.From(IPAddress.Parse(one), 0) })],
    };

    private static DnsMessage Alias(string name, string to) => Message(name, DnsType.A) with { Answers = [new DnsRecord(Name(name), DnsType.CName) { Target = Name(to) }] };

    private static DnsMessage Delegation(string name, string zone, params (string Server, string Address)[] servers) => Message(name, DnsType.A) with
    {
        IsAuthoritative = false,
        Authorities = [.. servers.Select(server => new DnsRecord(Name(zone), DnsType.NS) { Target = Name(server.Server) })],
        Additional = [.. servers.Where(server => server.Address.Length > 0).Select(server => new DnsRecord(Name(server.Server), server.Address.Contains(':', StringComparison.Ordinal) ? DnsType.Aaaa : DnsType.A) { Address = PeerAddress.From(IPAddress.Parse(server.Address), 0) })],
    };

    /// <summary>Servers by their addresses, and what each says of a name or of all under one.</summary>
    private sealed class World : IDnsExchange
    {
        private readonly List<(string Server, DnsName Name, bool IsUnder, DnsMessage Message)> _says = [];

        public int Asked { get; private set; }

        public void Add(string server, DnsMessage message, string? under = null) => _says.Add((server, under is null ? message.Question : Name(under), under is not null, message));

        public void Set(string server, DnsMessage message, string? under = null)
        {
            DnsName name = under is null ? message.Question : Name(under);
            _says.RemoveAll(said => said.Server == server && said.Name.IsWithin(name));
            Add(server, message, under);
        }

        public Task<DnsMessage?> Ask(PeerAddress server, DnsName question, DnsType type, CancellationToken cancellation)
        {
            Asked++;
            (string _, DnsName _, bool isUnder, DnsMessage? found) = _says.Find(said => said.Server == server.ToIPAddress().ToString() && (said.IsUnder ? question.IsWithin(said.Name) : question == said.Name));
            bool isOfType = isUnder || found is null || found.Answers.Count == 0 || found.Type == type || found.Answers[0].Type == DnsType.CName;
            return Task.FromResult(found is null ? null : found with
            {
                Question = question,
                Type = type,
                Answers = isOfType ? found.Answers : [],
            });
        }
    }
}
