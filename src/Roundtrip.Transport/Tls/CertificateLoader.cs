using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// Gives OpenSSL certificates and keys, and says which file is wrong and why. No managed cryptography is started for it. The files are read by whoever may: a process without rights is given
/// their content.
/// </summary>
internal static unsafe class CertificateLoader
{
    [ThreadStatic]
    private static bool _passwordAsked;

    /// <exception cref="TransportException">A file is missing or unreadable, is not what it should be, or a key does not belong to its certificate.</exception>
    public static void Load(SslContextHandle context, IReadOnlyList<TlsCertificateFiles> certificates, Func<string, byte[]> read)
    {
        if (certificates.Count == 0)
        {
            throw new TransportException("TLS needs a certificate, and none is given.");
        }

        LibSsl.SSL_CTX_set_default_passwd_cb(context, &RefusePassword);
        var types = new HashSet<int>();
        foreach (TlsCertificateFiles files in certificates)
        {
            LoadOne(context, files, read);
            nint key = LibCrypto.X509_get0_pubkey(LibSsl.SSL_CTX_get0_certificate(context));
            if (!types.Add(LibCrypto.EVP_PKEY_get_base_id(key)))
            {
                throw new TransportException($"The certificate {files.ChainFile} has the same key type as another one of this virtual host.");
            }
        }
    }

    private static void LoadOne(SslContextHandle context, TlsCertificateFiles files, Func<string, byte[]> read)
    {
        byte[] chain = Read(read, files.ChainFile, "certificate");
        byte[] key = Read(read, files.KeyFile, "key");
        LibCrypto.ERR_clear_error();
        if (!TryUseChain(context, chain))
        {
            throw new TransportException($"The certificate {files.ChainFile} cannot be used: {OpenSslError.DrainFirst().Describe()}.");
        }

        // Without its certificate in the context a key of another type is taken without a word: hence the check behind it.
        LibCrypto.ERR_clear_error();
        _passwordAsked = false;
        bool loaded = TryUseKey(context, key);
        CryptographicErase(key);
        if (loaded && LibSsl.SSL_CTX_check_private_key(context) == 1)
        {
            return;
        }

        OpenSslError error = OpenSslError.DrainFirst();
        const int LibraryX509 = 11;
        const int NoCertificateAssigned = 177;
        if (_passwordAsked)
        {
            throw new TransportException(
                $"The key {files.KeyFile} is encrypted, and a server has nobody to ask for its password: openssl pkey -in {files.KeyFile} -out NEW");
        }

        throw new TransportException(loaded || error.Library == LibraryX509 || error.Reason == NoCertificateAssigned
            ? $"The key {files.KeyFile} does not belong to the certificate {files.ChainFile}: {error.Describe()}."
            : $"The key {files.KeyFile} cannot be used: {error.Describe()}.");
    }

    // The server's certificate first, then those that lead to the root.
    private static bool TryUseChain(SslContextHandle context, byte[] pem)
    {
        fixed (byte* bytes = pem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(bytes, pem.Length);
            nint certificate = LibCrypto.PEM_read_bio_X509(bio, 0, &RefusePassword, null);
            bool used = certificate != 0 && LibSsl.SSL_CTX_use_certificate(context, certificate) == 1;
            LibCrypto.X509_free(certificate);
            nint next;
            while (used && (next = LibCrypto.PEM_read_bio_X509(bio, 0, &RefusePassword, null)) != 0)
            {
                // Its reference becomes the context's.
                used = LibSsl.SSL_CTX_ctrl(context, LibSsl.ControlChainCertificate, 0, (void*)next) == 1;
            }

            _ = LibCrypto.BIO_free(bio);
            return used;
        }
    }

    private static bool TryUseKey(SslContextHandle context, byte[] pem)
    {
        fixed (byte* bytes = pem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(bytes, pem.Length);
            nint key = LibCrypto.PEM_read_bio_PrivateKey(bio, 0, &RefusePassword, null);
            bool used = key != 0 && LibSsl.SSL_CTX_use_PrivateKey(context, key) == 1;
            LibCrypto.EVP_PKEY_free(key);
            _ = LibCrypto.BIO_free(bio);
            return used;
        }
    }

    private static void CryptographicErase(byte[] key) => System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);

    // OpenSSL's own reasons for a file that is not there are hard to tell apart; the system's are not.
    private static byte[] Read(Func<string, byte[]> read, string file, string what)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransportException($"The {what} {file} cannot be read: {e.Message}", e);
        }
    }

    // The default would ask on the terminal.
    [UnmanagedCallersOnly]
    internal static int RefusePassword(byte* buffer, int size, int writing, void* argument)
    {
        _passwordAsked = true;
        return -1;
    }
}
