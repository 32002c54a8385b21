using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <content>The handshake, and how it fails.</content>
public sealed unsafe partial class TlsConnection
{
    // Enough of an answer for a browser to show. What came is no request that was read, so nothing more can be said.
    private static ReadOnlySpan<byte> PlaintextAnswer =>
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 47\r\n\r\nThis port speaks HTTPS; use https:// to get in\n"u8;

    private void ContinueHandshake()
    {
        if (_phase == TlsPhase.Waiting)
        {
            if (Context.Handle.IsClosed)
            {
                FailHandshake("the virtual host was removed before the client's first byte");
                return;
            }

            if (!TryCreate())
            {
                FailHandshake(OpenSslError.Drain().Describe(Peer));
                return;
            }

            _phase = TlsPhase.Handshaking;
        }

        Set(TlsFlags.Pending, false);
        TlsConnection? outer = EnterOpenSsl();
        int result = LibSsl.SSL_do_handshake(_ssl);
        LeaveOpenSsl(outer);
        if (result == 1)
        {
            _phase = TlsPhase.Open;
            ForgetExchangeKeys();
            Set(TlsFlags.Pending, LibSsl.SSL_has_pending(_ssl) == 1);
            return;
        }

        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case LibSsl.ErrorWantRead:
                break;
            case LibSsl.ErrorWantWrite:
                Set(TlsFlags.ReadWantsWrite, true);
                break;
            case LibSsl.ErrorZeroReturn:
                FailHandshake($"{Peer} sent close_notify during the handshake");
                break;
            case LibSsl.ErrorSyscall when Has(TlsFlags.InputEnded):
                FailHandshake($"{Peer} closed the connection during the handshake");
                break;
            case LibSsl.ErrorSyscall when _failure != EndReason.None:
                Set(TlsFlags.InnerFailed, true);
                FailHandshake(EndReasons.Describe(_failure));
                break;
            default:
                FailHandshake(Describe(OpenSslError.Drain()));
                break;
        }
    }

    // OpenSSL keeps the keys of the exchange for as long as the connection lives. Nothing asks for them after the handshake, they take memory, and who sees this memory later is not to know
    // what they agreed on (RFC 8446 §E.1, forward secrecy). A type that is set anew has no key.
    private void ForgetExchangeKeys()
    {
        WithExchangeKeys(static key => LibCrypto.EVP_PKEY_set_type(key, LibCrypto.EVP_PKEY_get_base_id(key)));
    }

    /// <summary>How many keys OpenSSL has of an exchange by X25519, its own and the peer's.</summary>
    internal int ExchangeKeys
    {
        get
        {
            int count = 0;
            WithExchangeKeys(key =>
            {
                byte* bytes = stackalloc byte[64];
                nuint length = 64;
                return count += LibCrypto.EVP_PKEY_get_raw_public_key(key, bytes, &length);
            });
            LibCrypto.ERR_clear_error();
            return count;
        }
    }

    private void WithExchangeKeys(Func<nint, int> action)
    {
        foreach (int which in (ReadOnlySpan<int>)[LibSsl.ControlGetTemporaryKey, LibSsl.ControlGetPeerTemporaryKey])
        {
            // A reference of ours; none where there is no such key.
            nint key = 0;
            if (LibSsl.SSL_ctrl(_ssl, which, 0, &key) == 1 && key != 0)
            {
                _ = action(key);
                LibCrypto.EVP_PKEY_free(key);
            }
        }
    }

    private string Peer => Has(TlsFlags.IsClient) ? "the server" : "the client";

    private bool TryCreate()
    {
        _ssl = LibSsl.SSL_new(Context.Handle);
        if (_ssl == 0)
        {
            return false;
        }

        Interlocked.Increment(ref _live);
        nint bio = _loop.RentBio();
        LibSsl.SSL_set_bio(_ssl, bio, bio);
        if (Context is TlsClientContext client)
        {
            LibSsl.SSL_set_connect_state(_ssl);
            client.Prepare(_ssl, _serverName!);
            Sessions?.Offer(_ssl);
        }
        else
        {
            LibSsl.SSL_set_accept_state(_ssl);
        }

        return true;
    }

    // "certificate verify failed" does not say in what.
    private string Describe(OpenSslError error)
    {
        long verified = Has(TlsFlags.IsClient) ? LibSsl.SSL_get_verify_result(_ssl) : LibSsl.VerifyOk;
        return verified == LibSsl.VerifyOk
            ? error.Describe(Peer)
            : $"the server's certificate is not accepted: {System.Runtime.InteropServices.Marshal.PtrToStringUTF8(LibCrypto.X509_verify_cert_error_string((nint)verified))}";
    }

    /// <summary>Called within the handshake with the name of the ClientHello, which may be empty.</summary>
    /// <returns>The context that is to serve it.</returns>
    internal TlsServerContext ServerNameReceived(ReadOnlySpan<byte> name)
    {
        var context = (TlsServerContext)Context;
        if (name.IsEmpty)
        {
            return context;
        }

        _serverName = _loop.NameOf(name);
        TlsServerContext? selected = context.Options.SelectByName?.Invoke(_serverName);
        return selected is null || selected.Handle.IsClosed ? context : selected;
    }

    private void FailHandshake(string detail)
    {
        LibCrypto.ERR_clear_error();
        EndReason reason = EndReason.HandshakeFailed;

        // RFC 8446 §5.1: a record begins with its type, 20 to 23, and the hello of SSL 2 with a byte above 127. A capital letter begins a method.
        if (Has(TlsFlags.IsClient) && _firstByte is >= 0 and (< 20 or > 23))
        {
            detail = "the server does not speak TLS at this port";
        }
        else if (_firstByte is >= (byte)'A' and <= (byte)'Z')
        {
            reason = EndReason.PlaintextOnTlsPort;
            detail = EndReasons.Describe(reason);
            AnswerPlaintext();
        }
        else if (_firstByte < 0 && (Has(TlsFlags.InputEnded) || Has(TlsFlags.InnerFailed)))
        {
            reason = Has(TlsFlags.InputEnded) ? EndReason.PeerClosed : EndReason.PeerReset;
            detail = $"{EndReasons.Describe(reason)} before its first byte";
        }

        Flush();
        _loop.Observer?.HandshakeFailed(this, reason, detail);
        Abort(reason);
    }

    private void AnswerPlaintext()
    {
        if (Has(TlsFlags.InnerFailed))
        {
            return;
        }

        Drop(_ciphertext);
        _ciphertext = _loop.RentQueue();
        _ciphertext.Write(PlaintextAnswer);
        Set(TlsFlags.FinWanted, true);
        Flush();

        // Unread input would turn the close into a reset, which takes the answer from the client again.
        Span<byte> rest = _loop.Scratch;
        for (int i = 0; i < 2 && _inner.Read(rest).Status == IoStatus.Done; i++)
        {
        }
    }
}
