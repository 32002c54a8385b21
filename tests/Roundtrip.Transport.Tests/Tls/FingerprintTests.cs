using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

public sealed class FingerprintTests
{
    [Fact]
    public void Contexts_of_the_same_terms_have_the_same_fingerprint_and_others_have_another()
    {
        string first = Of(new TlsServerOptions { Name = "a", Certificates = [TestCertificates.Ecdsa] });

        Assert.Equal(first, Of(new TlsServerOptions { Name = "b", Certificates = [TestCertificates.Ecdsa] }));
        Assert.NotEqual(first, Of(new TlsServerOptions { Name = "a", Certificates = [TestCertificates.Rsa] }));
        Assert.NotEqual(first, Of(new TlsServerOptions { Name = "a", Certificates = [TestCertificates.Ecdsa], ApplicationProtocols = ["http/1.1"] }));
        Assert.NotEqual(first, Of(new TlsServerOptions { Name = "a", Certificates = [TestCertificates.Ecdsa], MinimumVersion = TlsVersion.Tls13 }));
    }

    private static string Of(TlsServerOptions options)
    {
        using var context = new TlsServerContext(options);
        return context.Fingerprint;
    }
}
