using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary>
/// Debian's bind9 in the server's namespace of the topology: a root (198.18.6.53) that delegates example to 198.18.6.54 and 18.198.in-addr.arpa to 198.18.6.55, which delegates 98 to one that
/// knows nothing of it. The names of IPv6's addresses are 2001:db8:6::56's, which has no address of IPv4.
/// </summary>
internal sealed class NameServers : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _servers = [];

    public NameServers()
    {
        Topology.Exec("server", "ip", "address", "add", "198.18.6.53/24", "dev", Topology.Device("a6"));
        Topology.Exec("server", "ip", "address", "add", "198.18.6.54/24", "dev", Topology.Device("a6"));
        Topology.Exec("server", "ip", "address", "add", "198.18.6.55/24", "dev", Topology.Device("a6"));
        Topology.Exec("server", "ip", "address", "add", "2001:db8:6::56/64", "dev", Topology.Device("a6"), "nodad");
        Start("198.18.6.53", ("root", ".", """
            $TTL 60
            @ SOA ns. admin. 1 60 60 60 60
            @ NS ns.
            ns. A 198.18.6.53
            example. NS ns.example.
            ns.example. A 198.18.6.54
            18.198.in-addr.arpa. NS ns.registry.
            ns.registry. A 198.18.6.55
            8.b.d.0.1.0.0.2.ip6.arpa. NS ns.registry6.
            ns.registry6. AAAA 2001:db8:6::56
            """));
        Start("198.18.6.54", ("example", "example", """
            $TTL 60
            @ SOA ns admin 1 60 60 60 60
            @ NS ns
            ns A 198.18.6.54
            router CNAME gate
            gate A 198.18.3.1
            gate AAAA 2001:db8:3::1
            north A 198.18.41.1
            north A 198.18.42.1
            server A 198.18.6.9
            """));
        // More names than a datagram holds; and a zone whose server knows nothing of it.
        string many = string.Concat(Enumerable.Range(0, 20).Select(i => $"2.9 PTR n{i}.a-name-that-is-as-long-as-names-may-become-if-somebody-likes-it.example.\n"));
        Start("198.18.6.55", ("registry", "18.198.in-addr.arpa", $"""
            $TTL 60
            @ SOA ns.example. admin.example. 1 60 60 60 60
            @ NS ns.registry.
            1.3 PTR router.example.
            1.41 PTR north.example.
            1.42 PTR north.example.
            2.6 PTR server.example.
            98 NS ns.example.
            {many}
            """));
        string gate = string.Join('.', "2001:0db8:0003:0000:0000:0000:0000:0001".Replace(":", "", StringComparison.Ordinal).Reverse());
        Start("2001:db8:6::56", ("registry6", "8.b.d.0.1.0.0.2.ip6.arpa", $"""
            $TTL 60
            @ SOA ns.example. admin.example. 1 60 60 60 60
            @ NS ns.registry6.
            {gate}.ip6.arpa. PTR gate.example.
            """));
        Hints = Path.Combine(_folder.Path, "named.root");
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.WriteAllText(Hints, ". 60 NS ns.\nns. 60 A 198.18.6.53\n");
        foreach (string address in (string[])["198.18.6.53", "198.18.6.54", "198.18.6.55", "2001:db8:6::56"])
        {
            WaitFor(address);
        }
    }

    /// <summary>The file that names the root.</summary>
    public string Hints { get; }

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
            server.Dispose();
        }

        _folder.Dispose();
    }

    private void Start(string address, (string File, string Zone, string Records) zone)
    {
        string folder = Path.Combine(_folder.Path, zone.File);
        bool isV6 = address.Contains(':', StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "zone"), zone.Records + "\n");
        File.WriteAllText(Path.Combine(folder, "named.conf"), $$"""
            options { directory "{{folder}}"; listen-on { {{(isV6 ? "none" : address)}}; }; listen-on-v6 { {{(isV6 ? address : "none")}}; }; recursion no; allow-query { any; }; pid-file none; session-keyfile none; dnssec-validation no; max-udp-size 512; };
            controls { };
            zone "{{zone.Zone}}" { type primary; file "zone"; };
            """);
        _servers.Add(Topology.Start("server", "named", "-g", "-n", "1", "-c", Path.Combine(folder, "named.conf")));
        _servers[^1].ErrorDataReceived += (_, _) => { };
        _servers[^1].BeginErrorReadLine();
    }

    private static void WaitFor(string address)
    {
        for (int i = 0; i < 100; i++)
        {
            if (Topology.Exec("server", "nc", "-z", "-w", "1", address, "53").ExitCode == 0)
            {
                return;
            }

            Thread.Sleep(50);
        }

        Assert.Fail($"bind9 does not come up at {address}");
    }
}
