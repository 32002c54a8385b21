using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class CertificateErrorTests
{
    private static readonly TlsCertificateFiles Good = TestCertificates.Ecdsa;

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains("The certificate /nowhere/a.crt cannot be read: ", Error(Good with { ChainFile = "/nowhere/a.crt" }));
        Assert.Contains("The key /nowhere/a.key cannot be read: ", Error(Good with { KeyFile = "/nowhere/a.key" }));
    }

    [Fact]
    public void A_file_that_is_no_PEM_is_named_with_the_reason()
    {
        string file = TestCertificates.NewFile("not a certificate");
        Assert.Equal($"The certificate {file} cannot be used: no start line.", Error(Good with { ChainFile = file }));
        Assert.StartsWith($"The key {file} cannot be used: ", Error(Good with { KeyFile = file }));
    }

    [Fact]
    public void A_key_that_does_not_belong_is_said()
    {
        Assert.StartsWith(
            $"The key {TestCertificates.OtherEcdsa.KeyFile} does not belong to the certificate {Good.ChainFile}",
            Error(Good with { KeyFile = TestCertificates.OtherEcdsa.KeyFile }));
        Assert.StartsWith(
            $"The key {TestCertificates.Rsa.KeyFile} does not belong to the certificate {Good.ChainFile}",
            Error(Good with { KeyFile = TestCertificates.Rsa.KeyFile }));
    }

    [Fact]
    public void An_encrypted_key_is_said_and_nobody_is_asked()
    {
        string file = TestCertificates.EncryptedKey();
        Assert.StartsWith($"The key {file} is encrypted", Error(Good with { KeyFile = file }));
    }

    [Fact]
    public void Two_certificates_of_one_type_are_an_error() =>
        Assert.Contains("same key type", Error(Good, TestCertificates.OtherEcdsa));

    [Fact]
    public void No_certificate_is_an_error() => Assert.Contains("none is given", Error());

    [Fact]
    public void A_cipher_list_that_OpenSSL_does_not_know_is_an_error() =>
        Assert.Contains(nameof(TlsServerOptions.CipherList), Assert.Throws<TransportException>(
            () => new TlsServerContext(new TlsServerOptions { Name = "x", Certificates = [Good], CipherList = "NONSENSE" })).Message);

    private static string Error(params TlsCertificateFiles[] files) =>
        Assert.Throws<TransportException>(() => TestCertificates.Context(certificates: files)).Message;
}
