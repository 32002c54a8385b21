using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>An SSL_CTX. Connections made from it hold their own reference inside OpenSSL, so freeing it never frees it under them.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    private SslContextHandle(nint context)
        : base(0, ownsHandle: true)
    {
        SetHandle(context);
        if (IsInvalid)
        {
            throw new TransportException($"OpenSSL cannot make a TLS context: {OpenSslError.Drain().Describe()}.");
        }
    }

    /// <summary>Makes an SSL_CTX for servers.</summary>
    /// <exception cref="TransportException">OpenSSL 3 is not installed, or has no memory.</exception>
    public static SslContextHandle ForServers()
    {
        OpenSslLibrary.Initialize();
        return new SslContextHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_server_method()));
    }

    /// <summary>Makes an SSL_CTX for clients.</summary>
    /// <exception cref="TransportException">OpenSSL 3 is not installed, or has no memory.</exception>
    public static SslContextHandle ForClients()
    {
        OpenSslLibrary.Initialize();
        return new SslContextHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_client_method()));
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}
