using System.Security.Cryptography;
using System.Text;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// An SSL_CTX: certificates, protocols, ticket keys and cached sessions of one virtual host. Immutable once made, and shared by all loops.
/// It may be disposed of while connections use it: OpenSSL frees it with the last of them, and one that has not begun its handshake yet fails.
/// A context that others may still pick up on another thread is better left to the garbage collector, which frees it just as well.
/// </summary>
public sealed unsafe class TlsServerContext : TlsContext, IDisposable
{
    /// <summary>The longest that OpenSSL allows as a session identifier context.</summary>
    internal const int SessionContextLength = 32;

    private readonly byte[] _sessionContext;

    /// <exception cref="TransportException">A certificate or key cannot be used; the message says which file and why.</exception>
    public TlsServerContext(TlsServerOptions options)
        : base(SslContextHandle.ForServers())
    {
        Options = options;
        ApplicationProtocols = [.. options.ApplicationProtocols.Select(Encoding.ASCII.GetBytes)];
        _sessionContext = Encoding.UTF8.GetBytes(options.Name);
        try
        {
            Configure();
            using var terms = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            terms.AppendData(Encoding.UTF8.GetBytes(TermsOf(options)));
            CertificateLoader.Load(Handle, options.Certificates, file =>
            {
                byte[] content = options.ReadFile(file);
                terms.AppendData(content);
                return content;
            });
            Fingerprint = Convert.ToHexString(terms.GetHashAndReset());
        }
        catch
        {
            Handle.Dispose();
            throw;
        }
    }

    public TlsServerOptions Options { get; }

    /// <summary>
    /// Stands for all that a client sees of a handshake: certificates, keys, versions, suites and protocols. Two contexts with the same one are as good as one for a connection that exists.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>The protocols for ALPN, best first, as the wire has them.</summary>
    internal byte[][] ApplicationProtocols { get; }

    public void Dispose() => Handle.Dispose();

    /// <summary>Where in our order a protocol stands; less than 0 for one that is not ours.</summary>
    internal int RankOf(ReadOnlySpan<byte> protocol)
    {
        for (int i = 0; i < ApplicationProtocols.Length; i++)
        {
            if (protocol.SequenceEqual(ApplicationProtocols[i]))
            {
                return i;
            }
        }

        return -1;
    }

    internal bool IsHttp2(int rank) => ApplicationProtocols[rank].AsSpan().SequenceEqual("h2"u8);

    internal override string? ProtocolName(ReadOnlySpan<byte> chosen) => RankOf(chosen) is >= 0 and var rank ? Options.ApplicationProtocols[rank] : null;

    /// <summary>
    /// The session identifier context for a client that asked for <paramref name="serverName"/>: a digest of it and of the virtual host.
    /// </summary>
    internal void WriteSessionContext(ReadOnlySpan<byte> serverName, Span<byte> digest)
    {
        // RFC 6066 §3: a session is not resumed when the server name is another one; and never in another virtual host (CVE-2025-23419).
        // NUL stands in neither name, so no two pairs make the same bytes.
        Span<byte> text = stackalloc byte[512];
        int length = _sessionContext.Length + 1 + serverName.Length;
        text = length <= text.Length ? text[..length] : new byte[length];
        _sessionContext.CopyTo(text);
        text[_sessionContext.Length] = 0;
        serverName.CopyTo(text[(_sessionContext.Length + 1)..]);
        fixed (byte* from = text)
        fixed (byte* to = digest)
        {
            LibCrypto.SHA256(from, (nuint)length, to);
        }
    }

    private static string TermsOf(TlsServerOptions options) => string.Join(
        '\n', [
            .. options.ApplicationProtocols, $"{options.HonorsProtocolOrder} {options.RequiresModernTls} {options.MinimumVersion} {options.MaximumVersion} {options.HonorsServerOrder}",
            options.CipherList, options.CipherSuites,
        ]);

    private void Configure()
    {
        ulong options = LibSsl.OptionNoRenegotiation | LibSsl.OptionNoCompression;

        // Our order counts, but a client whose best is ChaCha20 has no AES in hardware: it gets what it asks for.
        options |= Options.HonorsServerOrder ? LibSsl.OptionCipherServerPreference | LibSsl.OptionPrioritizeChaCha : 0;
        if (!Options.SessionTickets)
        {
            options |= LibSsl.OptionNoTicket;
        }

        LibSsl.SSL_CTX_set_options(Handle, options);
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlMinimumVersion, (int)Options.MinimumVersion, null);
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlMaximumVersion, (int)Options.MaximumVersion, null);
        LibSsl.SSL_CTX_ctrl(
            Handle,
            LibSsl.ControlMode,
            LibSsl.ModeEnablePartialWrite | LibSsl.ModeAcceptMovingWriteBuffer,
            null);

        // One read of the socket takes all the records that are there, not first a head and then a body.
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlReadAhead, 1, null);
        Check(LibSsl.SSL_CTX_set_cipher_list(Handle, Options.CipherList), nameof(Options.CipherList));
        Check(LibSsl.SSL_CTX_set_ciphersuites(Handle, Options.CipherSuites), nameof(Options.CipherSuites));
        ConfigureSessions();
        TlsCallbacks.Install(this);
    }

    private void ConfigureSessions()
    {
        int mode = Options.SessionCacheSize > 0 ? LibSsl.SessionCacheServer : LibSsl.SessionCacheOff;
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlSessionCacheMode, mode, null);
        if (Options.SessionCacheSize > 0)
        {
            LibSsl.SSL_CTX_ctrl(Handle, LibSsl.ControlSessionCacheSize, Options.SessionCacheSize, null);
        }

        LibSsl.SSL_CTX_set_timeout(Handle, (nint)Options.SessionLifetime.TotalSeconds);
        byte* digest = stackalloc byte[SessionContextLength];
        WriteSessionContext([], new Span<byte>(digest, SessionContextLength));
        LibSsl.SSL_CTX_set_session_id_context(Handle, digest, SessionContextLength);
    }

    private static void Check(int result, string option)
    {
        if (result != 1)
        {
            throw new TransportException($"{option} is not a list that OpenSSL knows: {OpenSslError.Drain().Describe()}.");
        }
    }
}
