using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <content>From the inner connection to plaintext.</content>
public sealed unsafe partial class TlsConnection
{
    public override IoResult Read(Span<byte> buffer)
    {
        if (_phase != TlsPhase.Open)
        {
            return NotOpen();
        }

        // A record holds at most 16 KiB and SSL_read gives one: the records behind it, which read_ahead brought along, are taken with it.
        int total = 0;
        fixed (byte* pointer = buffer)
        {
            do
            {
                TlsConnection? outer = EnterOpenSsl();
                int read = LibSsl.SSL_read(_ssl, pointer + total, buffer.Length - total);
                LeaveOpenSsl(outer);
                if (read <= 0)
                {
                    IoResult end = ReadStopped(read);
                    return total == 0 ? end : IoResult.Done(total);
                }

                total += read;
                Set(TlsFlags.Pending, LibSsl.SSL_has_pending(_ssl) == 1);
            }
            while (Has(TlsFlags.Pending) && total < buffer.Length);
        }

        return IoResult.Done(total);
    }

    /// <summary>The BIO's read.</summary>
    /// <param name="retry">Where nothing was read: whether something may come later.</param>
    internal int ReadCiphertext(Span<byte> buffer, out bool retry)
    {
        retry = false;
        if (Has(TlsFlags.InputEnded))
        {
            return 0;
        }

        IoResult result = _inner.Read(buffer);
        switch (result.Status)
        {
            case IoStatus.Done:
                if (_firstByte < 0)
                {
                    _firstByte = buffer[0];
                }

                return (int)result.Count;
            case IoStatus.WouldBlock:
                retry = true;
                return 0;
            case IoStatus.End:
                Set(TlsFlags.InputEnded, true);
                return 0;
            default:
                _failure = result.Reason;
                Set(TlsFlags.InnerFailed, true);
                return 0;
        }
    }

    private IoResult NotOpen()
    {
        ObjectDisposedException.ThrowIf(_phase == TlsPhase.Closed, this);
        return _phase == TlsPhase.Failed ? IoResult.Failed(_failure) : IoResult.WouldBlock;
    }

    private IoResult ReadStopped(int result)
    {
        // Unless input is wanted, the next read has something to say at once: an end or a failure, which nothing on the socket would announce.
        Set(TlsFlags.Pending, true);
        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case LibSsl.ErrorWantRead:
                Set(TlsFlags.Pending, false);
                return IoResult.WouldBlock;
            case LibSsl.ErrorWantWrite:
                Set(TlsFlags.Pending, false);
                Set(TlsFlags.ReadWantsWrite, true);
                return IoResult.WouldBlock;
            case LibSsl.ErrorZeroReturn:
                return IoResult.End;
            case LibSsl.ErrorSyscall when Has(TlsFlags.InputEnded):
                Set(TlsFlags.Truncated, true);
                return IoResult.End;
            default:
                return Fail();
        }
    }

    // The connection is of no more use. Where OpenSSL has an alert for the peer, it is among the ciphertext.
    private IoResult Fail()
    {
        OpenSslError error = OpenSslError.Drain();
        if (_failure == EndReason.None)
        {
            _failure = EndReason.TlsFailed;
            _loop.Observer?.ConnectionFailed(this, _failure, error.Describe(Peer));
        }

        _phase = TlsPhase.Failed;
        Flush();
        return IoResult.Failed(_failure);
    }
}
