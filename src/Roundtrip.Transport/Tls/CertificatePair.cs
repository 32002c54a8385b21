namespace Roundtrip.Transport.Tls;

/// <summary>Looks at a certificate and its key through OpenSSL, which is a tenth of a millisecond, where managed cryptography has to start first.</summary>
internal static unsafe class CertificatePair
{
    /// <summary>Whether both files parse, belong together, and the certificate is still valid at <paramref name="when"/>.</summary>
    public static bool IsUsable(TlsCertificateFiles files, DateTimeOffset when)
    {
        if (!File.Exists(files.ChainFile) || !File.Exists(files.KeyFile))
        {
            return false;
        }

        nint certificate = 0;
        nint key = 0;
        try
        {
            certificate = Read(files.ChainFile, isKey: false);
            key = Read(files.KeyFile, isKey: true);
            if (certificate == 0 || key == 0 || LibCrypto.X509_check_private_key(certificate, key) != 1)
            {
                return false;
            }

            // 1 says that the time in the certificate is later; 0 is an error.
            long seconds = when.ToUnixTimeSeconds();
            return LibCrypto.X509_cmp_time(LibCrypto.X509_get0_notAfter(certificate), &seconds) == 1;
        }
        finally
        {
            LibCrypto.X509_free(certificate);
            LibCrypto.EVP_PKEY_free(key);
            LibCrypto.ERR_clear_error();
        }
    }

    private static nint Read(string file, bool isKey)
    {
        nint bio = LibCrypto.BIO_new_file(file, "r");
        if (bio == 0)
        {
            return 0;
        }

        nint read = isKey
            ? LibCrypto.PEM_read_bio_PrivateKey(bio, 0, &CertificateLoader.RefusePassword, null)
            : LibCrypto.PEM_read_bio_X509(bio, 0, &CertificateLoader.RefusePassword, null);
        _ = LibCrypto.BIO_free(bio);
        return read;
    }
}
