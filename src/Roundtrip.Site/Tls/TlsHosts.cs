using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Site.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Site.Tls;

/// <summary>The TLS contexts of a configuration: one for each host that has SSLEngine on. A handshake gets the context of the host that its server name chooses.</summary>
/// <param name="source">Where certificates and keys are read from, as the configuration itself was: what a privileged process recorded, another can replay.</param>
public sealed class TlsHosts(BuiltConfiguration configuration, IConfigurationSource source)
{
    private readonly Dictionary<int, TlsServerContext> _contexts = [];

    /// <summary>The context of an address that is listened at; null where it speaks plain HTTP.</summary>
    /// <exception cref="TransportException">A certificate or key cannot be used; the message says which file and why.</exception>
    public TlsServerContext? Of(HostAddress address)
    {
        HostTable table = TableOf(address);
        return table.Default.Settings.Get(SslSettings.Engine) ? ContextOf(table.Default, table) : null;
    }

    /// <summary>The default host of an address.</summary>
    public ServerConfiguration HostOf(HostAddress address) => TableOf(address).Default;

    /// <summary>The context of a folder, which has HTTPS whether its site.conf names certificates or not.</summary>
    /// <exception cref="TransportException">A certificate or key cannot be used; the message says which file and why.</exception>
    public TlsServerContext OfFolder(IReadOnlyList<TlsCertificateFiles> certificates) => new(OptionsOf("folder", configuration.Main.Settings, certificates, null));

    private HostTable TableOf(HostAddress address) => address.Address is { } known
            ? configuration.Map.Find(known, address.Port)
            : configuration.Map.FindByPort(address.Port) ?? configuration.Map.Find(System.Net.IPAddress.Any, address.Port);

    private TlsServerContext ContextOf(ServerConfiguration host, HostTable table)
    {
        if (_contexts.TryGetValue(host.Index, out TlsServerContext? known))
        {
            return known;
        }

        TlsServerContext context = Make(host, name => Select(table, name));
        _contexts.Add(host.Index, context);

        // All hosts of the address are made now: a handshake only looks them up, on any loop.
        foreach (ServerConfiguration other in table.Hosts)
        {
            if (other.Settings.Get(SslSettings.Engine))
            {
                ContextOf(other, table);
            }
        }

        return context;
    }

    private TlsServerContext? Select(HostTable table, string name) => _contexts.GetValueOrDefault(table.Find(Encoding.ASCII.GetBytes(name)).Index);

    private TlsServerContext Make(ServerConfiguration host, Func<string, TlsServerContext?> select)
    {
        try
        {
            return new TlsServerContext(OptionsOf($"{host.Index} {host.Name} {host.Position}", host.Settings, SiteConfiguration.CertificatesOf(host.Settings), select));
        }
        catch (TransportException fault)
        {
            throw new TransportException($"{host.Position}: {fault.Message}", fault);
        }
    }

    private TlsServerOptions OptionsOf(string name, SettingBag settings, IReadOnlyList<TlsCertificateFiles> certificates, Func<string, TlsServerContext?>? select)
    {
        var standard = new TlsServerOptions { Name = "", Certificates = [] };
        (TlsVersion oldest, TlsVersion newest) = settings.Get(SslSettings.Versions);
        return new TlsServerOptions
        {
            Name = name,
            Certificates = certificates,
            ReadFile = file => Read(file, settings),
            MinimumVersion = oldest,
            MaximumVersion = newest,
            CipherList = settings.Get(SslSettings.CipherList) is { Length: > 0 } list ? list : standard.CipherList,
            CipherSuites = settings.Get(SslSettings.CipherSuites) is { Length: > 0 } suites ? suites : standard.CipherSuites,
            HonorsServerOrder = settings.Get(SslSettings.HonorCipherOrder),
            SessionTickets = settings.Get(SslSettings.SessionTickets),
            SessionCacheSize = settings.Get(SslSettings.SessionCache) ? standard.SessionCacheSize : 0,
            SessionLifetime = TimeSpan.FromSeconds(settings.Get(SslSettings.SessionTimeout)),
            ApplicationProtocols = ProtocolChoice.SecureOf(settings),
            HonorsProtocolOrder = settings.Get(Http2Settings.HonorOrder),
            RequiresModernTls = settings.Get(Http2Settings.ModernTlsOnly),
            SelectByName = select,
        };
    }

    // SSLCertificateChainFile goes behind the certificate, as if it stood in its file.
    private byte[] Read(string file, SettingBag settings)
    {
        string text = ReadText(file);
        return Encoding.UTF8.GetBytes(
            settings.Get(SslSettings.ChainFile) is { Length: > 0 } chain && settings.Get(SslSettings.CertificateFiles).Contains(file) ? $"{text}\n{ReadText(chain)}" : text);
    }

    private string ReadText(string file) => source.Read(file) is { Text: { } text } ? text : throw new IOException(source.Read(file).Fault);
}
