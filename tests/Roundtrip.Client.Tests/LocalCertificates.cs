using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client.Tests;

/// <summary>A certificate for localhost, as files and as .NET has it.</summary>
[SupportedOSPlatform("linux")]
public sealed class LocalCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-client-").FullName;

    public LocalCertificates()
    {
        Files = LocalCertificate.Ensure(_folder, DateTimeOffset.UtcNow);
        Certificate = X509Certificate2.CreateFromPemFile(Files.ChainFile, Files.KeyFile);
    }

    internal TlsCertificateFiles Files { get; }

    internal X509Certificate2 Certificate { get; }

    /// <summary>A client that trusts it, and whose names all lead to 127.0.0.1.</summary>
    internal ClientOptions Options(IClientObserver observer, ProtocolChoice protocol = ProtocolChoice.Negotiated) => new()
    {
        Protocol = protocol,
        Tls = new TlsClientOptions { AuthoritiesFile = Files.ChainFile },
        Resolve = TestClient.ToLoopback,
        Observer = observer,
    };

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
