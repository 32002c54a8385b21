using System.Net;
using System.Runtime.InteropServices;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Core;
using Roundtrip.Server;
using Roundtrip.Site;
using Roundtrip.Site.Core;
using Roundtrip.Site.Http2;
using Roundtrip.Site.Tls;
using Roundtrip.Transport.Files;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

/// <summary>What is to be served: a configuration, and how what it names is opened. A supervisor's server is given descriptors; otherwise names are opened here.</summary>
internal sealed record Served(BuiltConfiguration Configuration)
{
    /// <summary>Where the configuration was read from, and its certificates are.</summary>
    public required IConfigurationSource Source { get; init; }

    /// <summary>Makes the endpoints, and loads their certificates.</summary>
    public required Func<Served, IReadOnlyList<ServerEndpoint>> Endpoints { get; init; }

    /// <summary>Gives what a log's target was opened as already, by a supervisor; null for a target that is to be opened here.</summary>
    public Func<string, ILogTarget?> FindLog { get; init; } = static _ => null;

    /// <summary>The sockets that listen at an address already, one a loop; none where they are to be opened.</summary>
    public Func<PeerAddress, IReadOnlyList<SafeHandle>> Sockets { get; init; } = static _ => [];

    /// <summary>A folder by itself.</summary>
    /// <exception cref="ServeException">Its configuration cannot be used.</exception>
    public static Served Folder(FolderAddress where)
    {
        FileRoot.Open(where.Folder, SymlinkRule.Beneath).Dispose();
        var source = new DiskConfigurationSource(Environment.GetEnvironmentVariable);
        return new Served(FolderConfiguration.Read(where.Folder, source, where.Application)) { Source = source, Endpoints = served => OfFolder(where, served) };
    }

    /// <summary>A configuration file that is read here.</summary>
    /// <exception cref="ServeException">envvars cannot be evaluated.</exception>
    public static Served File(ConfigurationFile file)
    {
        IConfigurationSource source = file.OpenSource();
        return new Served(file.Load(source)) { Source = source, Endpoints = OfListen };
    }

    /// <summary>The endpoints of the Listen directives.</summary>
    public static IReadOnlyList<ServerEndpoint> OfListen(Served served)
    {
        var tls = new TlsHosts(served.Configuration, served.Source);
        return
        [
            .. SiteConfiguration.ListensOf(served.Configuration.Main.Settings)
                .SelectMany(listen => AddressesOf(listen).Select(address => (address, listen)))
                .DistinctBy(pair => pair.address)
                .Select(pair => new ServerEndpoint(pair.address, tls.Of(pair.listen.Address))
                {
                    Sockets = served.Sockets(pair.address),
                    Http2Cleartext = ProtocolChoice.CleartextOf(tls.HostOf(pair.listen.Address).Settings),
                }),
        ];
    }

    /// <summary>The addresses of a Listen: without one, all of this machine's, of both families where it has both.</summary>
    public static IEnumerable<PeerAddress> AddressesOf(ListenAddress listen)
    {
        HostAddress address = listen.Address;
        if (address.Address is { } known)
        {
            return [PeerAddress.From(known, address.Port)];
        }

        PeerAddress any4 = PeerAddress.From(IPAddress.Any, address.Port);
        return System.Net.Sockets.Socket.OSSupportsIPv6 ? [any4, PeerAddress.FromIPv6(new byte[16], address.Port)] : [any4];
    }

    private static IReadOnlyList<ServerEndpoint> OfFolder(FolderAddress where, Served served)
    {
        SettingBag settings = served.Configuration.Main.Settings;
        IReadOnlyList<TlsCertificateFiles> certificates = SiteConfiguration.CertificatesOf(settings);
        if (certificates.Count == 0)
        {
            certificates = [LocalCertificate.Ensure(LocalCertificate.DefaultFolder, DateTimeOffset.UtcNow)];
        }

        return
        [
            new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpPort)) { Http2Cleartext = ProtocolChoice.CleartextOf(settings) },
            new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpsPort), new TlsHosts(served.Configuration, served.Source).OfFolder(certificates)),
        ];
    }
}
