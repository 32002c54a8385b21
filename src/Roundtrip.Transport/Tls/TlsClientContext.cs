using System.Net;
using System.Text;

namespace Roundtrip.Transport.Tls;

/// <summary>An SSL_CTX for connections to servers: whom to trust and what to offer. It is freed with the last connection that uses it.</summary>
public sealed unsafe class TlsClientContext : TlsContext, IDisposable
{
    private readonly TlsClientOptions _options;

    /// <exception cref="TransportException">OpenSSL is missing, or the file of authorities or the certificate cannot be used.</exception>
    public TlsClientContext(TlsClientOptions options)
        : base(SslContextHandle.ForClients())
    {
        _options = options;
        LibSsl.SSL_CTX_set_options(Handle, LibSsl.OptionNoRenegotiation | LibSsl.OptionNoCompression);
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlMinimumVersion, (int)options.MinimumVersion, null);
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlMode, LibSsl.ModeEnablePartialWrite | LibSsl.ModeAcceptMovingWriteBuffer, null);
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlReadAhead, 1, null);
        LibSsl.SSL_CTX_set_verify(Handle, options.VerifiesServer ? LibSsl.VerifyPeer : LibSsl.VerifyNone, 0);
        LoadAuthorities();
        OfferProtocols();
        TlsCallbacks.Install(this);
        if (options.Certificate is { } certificate)
        {
            CertificateLoader.Load(Handle, [certificate], File.ReadAllBytes);
        }
    }

    public void Dispose() => Handle.Dispose();

    internal override string? ProtocolName(ReadOnlySpan<byte> chosen)
    {
        foreach (string protocol in _options.ApplicationProtocols)
        {
            if (Ascii.Equals(chosen, protocol))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>Says to a connection, before its handshake, whom it is to reach.</summary>
    /// <param name="host">A name in ASCII, or an address without brackets.</param>
    internal void Prepare(nint ssl, string host)
    {
        // RFC 6066 §3: addresses are not permitted as a server name; RFC 9110 §4.3.5: a certificate names them as such.
        bool isAddress = IPAddress.TryParse(host, out _);
        if (!isAddress)
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(host + '\0'))
            {
                LibSsl.SSL_ctrl(ssl, LibSsl.ControlSetServerName, LibSsl.ServerNameHost, name);
            }
        }

        if (!_options.VerifiesServer)
        {
            return;
        }

        int set = isAddress
            ? LibCrypto.X509_VERIFY_PARAM_set1_ip_asc(LibSsl.SSL_get0_param(ssl), host)
            : LibSsl.SSL_set1_host(ssl, host);
        if (set != 1)
        {
            throw new TransportException($"OpenSSL takes no server by the name {host}: {OpenSslError.Drain().Describe()}.");
        }
    }

    private void LoadAuthorities()
    {
        if (!_options.VerifiesServer)
        {
            return;
        }

        int loaded = _options.AuthoritiesFile is { } file ? LibSsl.SSL_CTX_load_verify_file(Handle, file) : LibSsl.SSL_CTX_set_default_verify_paths(Handle);
        if (loaded != 1)
        {
            string from = _options.AuthoritiesFile ?? "the system's folder";
            throw new TransportException($"No certificate can be read from {from}: {OpenSslError.Drain().Describe()}.");
        }
    }

    private void OfferProtocols()
    {
        // RFC 7301 §3.1: each name with its length before it.
        byte[] list = [.. _options.ApplicationProtocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)])];
        if (list.Length == 0)
        {
            return;
        }

        fixed (byte* names = list)
        {
            // This one function of OpenSSL's says 0 for success.
            if (LibSsl.SSL_CTX_set_alpn_protos(Handle, names, (uint)list.Length) != 0)
            {
                throw new TransportException("OpenSSL does not take the list of protocols for ALPN.");
            }
        }
    }
}
