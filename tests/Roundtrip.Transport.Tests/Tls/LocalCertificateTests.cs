using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
[UnsupportedOSPlatform("windows")]
public sealed class LocalCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _parent = Directory.CreateTempSubdirectory("roundtrip-local-").FullName;
    private readonly string _folder;

    public LocalCertificateTests() => _folder = Path.Combine(_parent, "a", "roundtrip");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void It_is_for_this_machine_and_for_397_days()
    {
        TlsCertificateFiles files = LocalCertificate.Ensure(_folder, Now);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(files.ChainFile, files.KeyFile);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("shop.localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(certificate.MatchesHostname("::1"));
        Assert.Equal(397, (certificate.NotAfter - certificate.NotBefore).TotalDays);
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("1.3.6.1.5.5.7.3.1", certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        using TlsServerContext context = TestCertificates.Context(certificates: [files]);
    }

    [Fact]
    public void The_key_is_the_owners_alone()
    {
        TlsCertificateFiles files = LocalCertificate.Ensure(_folder, Now);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.KeyFile));
        Assert.Equal(["localhost.crt", "localhost.key", "localhost.lock"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void It_is_kept_until_a_week_before_its_end()
    {
        TlsCertificateFiles files = LocalCertificate.Ensure(_folder, Now);
        string first = File.ReadAllText(files.ChainFile);
        LocalCertificate.Ensure(_folder, Now.AddDays(389));
        Assert.Equal(first, File.ReadAllText(files.ChainFile));
        LocalCertificate.Ensure(_folder, Now.AddDays(391));
        Assert.NotEqual(first, File.ReadAllText(files.ChainFile));
    }

    [Theory]
    [InlineData("localhost.crt")]
    [InlineData("localhost.key")]
    public void A_broken_or_foreign_half_is_made_anew(string name)
    {
        TlsCertificateFiles files = LocalCertificate.Ensure(_folder, Now);
        File.WriteAllText(Path.Combine(_folder, name), "broken");
        LocalCertificate.Ensure(_folder, Now);
        using (TestCertificates.Context(certificates: [files]))
        {
        }

        string foreign = name.EndsWith("crt", StringComparison.Ordinal) ? TestCertificates.Ecdsa.ChainFile : TestCertificates.Ecdsa.KeyFile;
        File.Copy(foreign, Path.Combine(_folder, name), overwrite: true);
        LocalCertificate.Ensure(_folder, Now);
        using (TestCertificates.Context(certificates: [files]))
        {
        }
    }

    [Fact]
    public void Parallel_starts_agree_on_one()
    {
        string[] seen = new string[8];
        Parallel.For(0, seen.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            TlsCertificateFiles files = LocalCertificate.Ensure(_folder, Now);
            using TlsServerContext context = TestCertificates.Context(certificates: [files]);
            seen[i] = File.ReadAllText(files.ChainFile);
        });
        Assert.Single(seen.Distinct());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said()
    {
        File.WriteAllText(Path.Combine(_parent, "a"), "a file");
        Assert.Contains(_folder, Assert.Throws<TransportException>(() => LocalCertificate.Ensure(_folder, Now)).Message);
    }
}
