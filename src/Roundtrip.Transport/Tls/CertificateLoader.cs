using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>Loads certificates and keys by file name, so that no managed cryptography is started for it, and says which file is wrong and why.</summary>
internal static unsafe class CertificateLoader
{
    [ThreadStatic]
    private static bool _passwordAsked;

    /// <exception cref="TransportException">A file is missing or unreadable, is not what it should be, or a key does not belong to its certificate.</exception>
    public static void Load(SslContextHandle context, IReadOnlyList<TlsCertificateFiles> certificates)
    {
        if (certificates.Count == 0)
        {
            throw new TransportException("TLS needs a certificate, and none is given.");
        }

        LibSsl.SSL_CTX_set_default_passwd_cb(context, &RefusePassword);
        var types = new HashSet<int>();
        foreach (TlsCertificateFiles files in certificates)
        {
            LoadOne(context, files);
            nint key = LibCrypto.X509_get0_pubkey(LibSsl.SSL_CTX_get0_certificate(context));
            if (!types.Add(LibCrypto.EVP_PKEY_get_base_id(key)))
            {
                throw new TransportException($"The certificate {files.ChainFile} has the same key type as another one of this virtual host.");
            }
        }
    }

    private static void LoadOne(SslContextHandle context, TlsCertificateFiles files)
    {
        RequireReadable(files.ChainFile, "certificate");
        RequireReadable(files.KeyFile, "key");

        LibCrypto.ERR_clear_error();
        if (LibSsl.SSL_CTX_use_certificate_chain_file(context, files.ChainFile) != 1)
        {
            throw new TransportException($"The certificate {files.ChainFile} cannot be used: {OpenSslError.DrainFirst().Describe()}.");
        }

        // Without its certificate in the context a key of another type is taken without a word: hence the check behind it.
        _passwordAsked = false;
        bool loaded = LibSsl.SSL_CTX_use_PrivateKey_file(context, files.KeyFile, LibSsl.FileTypePem) == 1;
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

    // OpenSSL's own reasons for a file that is not there are hard to tell apart; the system's are not.
    private static void RequireReadable(string file, string what)
    {
        try
        {
            File.OpenHandle(file).Dispose();
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
