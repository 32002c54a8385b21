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
        OpenSslLibrary.Initialize();
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
