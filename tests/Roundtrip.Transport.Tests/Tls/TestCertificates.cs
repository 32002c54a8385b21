using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>Certificates for the tests, made once in a folder of their own.</summary>
internal static class TestCertificates
{
    private static readonly string Folder = CreateFolder();

    public static TlsCertificateFiles Ecdsa { get; } = Make("ecdsa", isRsa: false);

    public static TlsCertificateFiles OtherEcdsa { get; } = Make("other", isRsa: false);

    public static TlsCertificateFiles Rsa { get; } = Make("rsa", isRsa: true);

    public static string NewFile(string content)
    {
        string file = Path.Combine(Folder, Path.GetRandomFileName());
        File.WriteAllText(file, content);
        return file;
    }

    public static TlsServerContext Context(
        string name = "test",
        TlsCertificateFiles[]? certificates = null,
        string[]? alpn = null,
        bool tickets = true,
        Func<string, TlsServerContext?>? select = null,
        TlsVersion minimum = TlsVersion.Tls12) => new(new TlsServerOptions
        {
            Name = name,
            Certificates = certificates ?? [Ecdsa],
            ApplicationProtocols = alpn ?? ["http/1.1"],
            SessionTickets = tickets,
            SelectByName = select,
            MinimumVersion = minimum,
        });

    public static string EncryptedKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return NewFile(key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)));
    }

    private static string CreateFolder()
    {
        string folder = Directory.CreateTempSubdirectory("roundtrip-tls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static TlsCertificateFiles Make(string name, bool isRsa)
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = isRsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", ecdsa, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        string crt = Path.Combine(Folder, name + ".crt");
        string key = Path.Combine(Folder, name + ".key");
        File.WriteAllText(crt, certificate.ExportCertificatePem());
        File.WriteAllText(key, isRsa ? rsa.ExportPkcs8PrivateKeyPem() : ecdsa.ExportPkcs8PrivateKeyPem());
        return new TlsCertificateFiles(crt, key);
    }
}
