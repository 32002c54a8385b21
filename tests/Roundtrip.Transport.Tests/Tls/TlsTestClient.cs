using System.Text;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>A TLS client through memory BIOs, stepped by the test: nothing happens on its own.</summary>
internal sealed unsafe class TlsTestClient : IDisposable
{
    private readonly nint _context;
    private readonly nint _in;
    private readonly nint _out;

    public TlsTestClient(
        TlsVersion? only = null, string? serverName = null, string[]? alpn = null, nint session = 0, bool tickets = true, string? ciphers = null)
    {
        _context = LibSslClient.SSL_CTX_new(LibSslClient.TLS_client_method());
        if (!tickets)
        {
            LibSslClient.SSL_CTX_set_options(_context, LibSsl.OptionNoTicket);
        }

        if (only is { } version)
        {
            LibSslClient.SSL_CTX_ctrl(_context, LibSsl.ControlMinimumVersion, (int)version, null);
            LibSslClient.SSL_CTX_ctrl(_context, LibSslClient.ControlMaximumVersion, (int)version, null);
        }

        if (ciphers is not null)
        {
            Assert.Equal(1, LibSslClient.SSL_CTX_set_cipher_list(_context, ciphers));
        }

        Ssl = LibSslClient.SSL_new(_context);
        LibSslClient.SSL_set_connect_state(Ssl);
        _in = LibCrypto.BIO_new(LibSslClient.BIO_s_mem());
        _out = LibCrypto.BIO_new(LibSslClient.BIO_s_mem());
        LibSslClient.BIO_ctrl(_in, LibSslClient.BioControlEofReturn, -1, null);
        LibSsl.SSL_set_bio(Ssl, _in, _out);
        if (serverName is not null)
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(serverName + "\0"))
            {
                LibSsl.SSL_ctrl(Ssl, LibSslClient.ControlServerName, 0, name);
            }
        }

        if (alpn is not null)
        {
            byte[] wire = [.. alpn.SelectMany(p => new[] { (byte)p.Length }.Concat(Encoding.ASCII.GetBytes(p)))];
            fixed (byte* pointer = wire)
            {
                _ = LibSslClient.SSL_set_alpn_protos(Ssl, pointer, (uint)wire.Length);
            }
        }

        if (session != 0)
        {
            Assert.Equal(1, LibSslClient.SSL_set_session(Ssl, session));
        }
    }

    public nint Ssl { get; }

    public bool Done { get; private set; }

    public bool SawCloseNotify { get; private set; }

    public string? Failure { get; private set; }

    public bool IsResumed => LibSsl.SSL_session_reused(Ssl) == 1;

    public string Cipher => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(LibSsl.SSL_CIPHER_get_name(LibSsl.SSL_get_current_cipher(Ssl)))!;

    public void Handshake()
    {
        LibCrypto.ERR_clear_error();
        Note(LibSsl.SSL_do_handshake(Ssl), handshake: true);
    }

    public int Read(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            LibCrypto.ERR_clear_error();
            int read = LibSsl.SSL_read(Ssl, pointer, buffer.Length);
            Note(read, handshake: false);
            return Math.Max(read, 0);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            LibCrypto.ERR_clear_error();
            Assert.Equal(bytes.Length, LibSsl.SSL_write(Ssl, pointer, bytes.Length));
        }
    }

    public void Shutdown() => _ = LibSsl.SSL_shutdown(Ssl);

    public nint TakeSession() => LibSslClient.SSL_get1_session(Ssl);

    public int PendingOutput => (int)LibSslClient.BIO_ctrl(_out, LibSslClient.BioControlPending, 0, null);

    /// <summary>What the client wants to send, at most <paramref name="most"/> bytes of it.</summary>
    public byte[] TakeOutput(int most = int.MaxValue)
    {
        byte[] bytes = new byte[Math.Min(PendingOutput, most)];
        fixed (byte* pointer = bytes)
        {
            _ = LibSslClient.BIO_read(_out, pointer, bytes.Length);
        }

        return bytes;
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            _ = LibSslClient.BIO_write(_in, pointer, bytes.Length);
        }
    }

    public void Dispose()
    {
        LibSsl.SSL_free(Ssl);
        LibSslClient.SSL_CTX_free(_context);
        LibCrypto.ERR_clear_error();
    }

    private void Note(int result, bool handshake)
    {
        if (result > 0)
        {
            Done |= handshake;
            return;
        }

        switch (LibSsl.SSL_get_error(Ssl, result))
        {
            case LibSsl.ErrorZeroReturn:
                SawCloseNotify = true;
                break;
            case LibSsl.ErrorSsl:
                Failure ??= OpenSslError.Drain().Describe();
                break;
        }
    }
}
