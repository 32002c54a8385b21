using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>An SSL_CTX. Connections made from it hold their own reference inside OpenSSL, so freeing it never frees it under them.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    /// <summary>Makes an SSL_CTX for servers.</summary>
    /// <exception cref="TransportException">OpenSSL 3 is not installed, or has no memory.</exception>
    public SslContextHandle()
        : base(0, ownsHandle: true)
    {
        try
        {
            // The loops may still run when the process exits: OpenSSL must not tear itself down under them.
            if (LibSsl.OPENSSL_init_ssl(LibSsl.InitNoAtExit | LibSsl.InitLoadSslStrings, 0) != 1)
            {
                throw new TransportException($"OpenSSL does not start: {OpenSslError.Drain().Describe()}.");
            }
        }
        catch (DllNotFoundException e)
        {
            throw new TransportException($"TLS needs {LibSsl.Name} (OpenSSL 3): install the package libssl3.", e);
        }

        SetHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_server_method()));
        if (IsInvalid)
        {
            throw new TransportException($"OpenSSL cannot make a TLS context: {OpenSslError.Drain().Describe()}.");
        }
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}
