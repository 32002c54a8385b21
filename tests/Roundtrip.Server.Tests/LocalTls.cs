using System.Runtime.Versioning;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server.Tests;

/// <summary>A TLS context with a certificate that was made for the test.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LocalTls : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-tls-").FullName;

    public LocalTls()
    {
        Files = LocalCertificate.Ensure(_folder, DateTimeOffset.UtcNow);
        Context = new TlsServerContext(new TlsServerOptions { Name = "test", Certificates = [Files] });
    }

    public TlsCertificateFiles Files { get; }

    public TlsServerContext Context { get; }

    public void Dispose()
    {
        Context.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
