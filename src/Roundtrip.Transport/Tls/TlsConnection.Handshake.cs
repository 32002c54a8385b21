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

            _ssl = LibSsl.SSL_new(Context.Handle);
            if (_ssl == 0)
            {
                FailHandshake(OpenSslError.Drain().Describe());
                return;
            }

            Interlocked.Increment(ref _live);
            nint bio = ConnectionBio.Create();
            LibSsl.SSL_set_bio(_ssl, bio, bio);
            LibSsl.SSL_set_accept_state(_ssl);
            _phase = TlsPhase.Handshaking;
        }

        Set(TlsFlags.Pending, false);
        TlsConnection? outer = EnterOpenSsl();
        int result = LibSsl.SSL_do_handshake(_ssl);
        LeaveOpenSsl(outer);
        if (result == 1)
        {
            _phase = TlsPhase.Open;
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
                FailHandshake("the client sent close_notify during the handshake");
                break;
            case LibSsl.ErrorSyscall when Has(TlsFlags.InputEnded):
                FailHandshake("the client closed the connection during the handshake");
                break;
            case LibSsl.ErrorSyscall when _failure != EndReason.None:
                Set(TlsFlags.InnerFailed, true);
                FailHandshake(EndReasons.Describe(_failure));
                break;
            default:
                FailHandshake(OpenSslError.Drain().Describe());
                break;
        }
    }

    /// <summary>Called within the handshake with the name of the ClientHello, which may be empty.</summary>
    /// <returns>The context that is to serve it.</returns>
    internal TlsServerContext ServerNameReceived(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return Context;
        }

        _serverName = _loop.NameOf(name);
        TlsServerContext? selected = Context.Options.SelectByName?.Invoke(_serverName);
        return selected is null || selected.Handle.IsClosed ? Context : selected;
    }

    private void FailHandshake(string detail)
    {
        LibCrypto.ERR_clear_error();
        EndReason reason = EndReason.HandshakeFailed;

        // RFC 8446 §5.1: a record begins with its type, 20 to 23, and the hello of SSL 2 with a byte above 127. A capital letter begins a method.
        if (_firstByte is >= (byte)'A' and <= (byte)'Z')
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
