using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <content>From plaintext to the inner connection.</content>
public sealed unsafe partial class TlsConnection
{
    // Encrypting far ahead of the socket would hold memory and hide from the writer that the peer is slow.
    private bool HasRoom => _ciphertext is null || _ciphertext.Length < _loop.CiphertextLimit;

    // The one place that decides how large a record is. Full records cost the least; small ones first would let a browser begin to parse
    // before the whole of one has come.
    private static int NextRecord(long available) => (int)Math.Min(available, MaximumRecord);

    // What is encrypted and not handed over counts as unsent.
    public override int SendRoom => (_ciphertext?.Length ?? 0) is var unsent and < Unhurried ? (int)Math.Max(0, _inner.SendRoom - unsent) : 0;

    public override IoResult Write(OutputQueue queue, long budget)
    {
        if (_phase != TlsPhase.Open)
        {
            return NotOpen();
        }

        if (Has(TlsFlags.CloseNotifySent))
        {
            return IoResult.Failed(EndReason.TlsFailed);
        }

        long written = 0;
        IoResult stopped = IoResult.WouldBlock;
        while (written < budget && !queue.IsEmpty)
        {
            if (!HasRoom)
            {
                Flush();
                if (!HasRoom || Has(TlsFlags.InnerFailed))
                {
                    break;
                }
            }

            // A record that OpenSSL has encrypted but could not hand over must be offered again at the same length.
            long most = _retryLength != 0 ? _retryLength : Math.Min(budget - written, TlsLoop.ScratchSize);
            ReadOnlySpan<byte> plaintext = PlaintextGathering.Take(queue, _loop, most, out stopped);
            if (plaintext.IsEmpty || plaintext.Length < _retryLength)
            {
                break;
            }

            int encrypted = Encrypt(plaintext, ref stopped, out bool blocked);
            queue.Consume(encrypted);
            queue.Fixed = _retryLength;
            written += encrypted;
            if (blocked)
            {
                break;
            }
        }

        if (!Has(TlsFlags.InWakeUp))
        {
            Flush();
            if (_phase == TlsPhase.Open)
            {
                Settle();
            }
        }

        if (Has(TlsFlags.InnerFailed))
        {
            return IoResult.Failed(_failure);
        }

        return written > 0 && stopped.Status != IoStatus.Failed ? IoResult.Done(written) : stopped;
    }

    /// <summary>The BIO's write. False when there is no room.</summary>
    internal bool WriteCiphertext(ReadOnlySpan<byte> bytes)
    {
        if (!HasRoom && !Has(TlsFlags.CloseNotifySent))
        {
            return false;
        }

        _ciphertext ??= _loop.RentQueue();
        _ciphertext.Write(bytes);
        return true;
    }

    // Record by record, until there is no more room. Gives how many bytes are done with.
    private int Encrypt(ReadOnlySpan<byte> plaintext, ref IoResult stopped, out bool blocked)
    {
        int total = 0;
        blocked = false;
        fixed (byte* pointer = plaintext)
        {
            while (total < plaintext.Length && (HasRoom || _retryLength != 0))
            {
                int length = _retryLength != 0 ? _retryLength : NextRecord(plaintext.Length - total);
                TlsConnection? outer = EnterOpenSsl();
                int written = LibSsl.SSL_write(_ssl, pointer + total, length);
                LeaveOpenSsl(outer);
                if (written <= 0)
                {
                    stopped = WriteStopped(written, length);
                    blocked = true;
                    break;
                }

                _retryLength = 0;
                total += written;
            }
        }

        return total;
    }

    private IoResult WriteStopped(int result, int length)
    {
        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case LibSsl.ErrorWantWrite:
                _retryLength = length;
                return IoResult.WouldBlock;
            case LibSsl.ErrorWantRead:
                _retryLength = length;
                Set(TlsFlags.WriteWantsRead, true);
                return IoResult.WouldBlock;
            default:
                return Fail();
        }
    }

    /// <summary>Sends the ciphertext that waits, as far as the inner connection takes it, and then the end where that is wanted.</summary>
    private void Flush()
    {
        if (_ciphertext is not null && !Has(TlsFlags.InnerFailed))
        {
            IoResult result = _inner.Write(_ciphertext, long.MaxValue);
            if (result.Status == IoStatus.Failed)
            {
                _failure = result.Reason;
                Set(TlsFlags.InnerFailed, true);
                return;
            }

            if (_ciphertext.IsEmpty)
            {
                _loop.ReturnQueue(_ciphertext);
                _ciphertext = null;
            }
        }

        if (Has(TlsFlags.FinWanted) && _ciphertext is null && !Has(TlsFlags.InnerFailed))
        {
            Set(TlsFlags.FinWanted, false);
            _inner.ShutdownWrite();
        }
    }
}
