using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// TLS over another connection, whose sink it is, of either side. The handshake runs inside; the first <see cref="IConnectionSink.OnReadable"/>
/// of the outer sink says that it is complete, and <see cref="Tls"/> what it agreed on. A failed handshake is an
/// <see cref="IConnectionSink.OnAborted"/>, after the <see cref="ITlsObserver"/> was told.
/// Call <see cref="Start"/> once; <see cref="Close"/> or <see cref="Reset"/> free what OpenSSL holds. There is no finalizer: the owner closes.
/// </summary>
public sealed unsafe partial class TlsConnection : TransportConnection, IConnectionSink
{
    /// <summary>RFC 8446 §5.1: the most plaintext in a record, in bytes.</summary>
    internal const int MaximumRecord = 16 * 1024;

    [ThreadStatic]
    private static TlsConnection? _current;

    private static long _live;

    private readonly TlsLoop _loop;
    private readonly TransportConnection _inner;
    private nint _ssl;
    private OutputQueue? _ciphertext;
    private string? _serverName;
    private TlsFacts? _facts;

    // The length of the record that SSL_write must be given again, because it has encrypted it already; 0 for none.
    private int _retryLength;
    private TlsFlags _flags;
    private TlsPhase _phase;
    private EndReason _failure;
    private short _firstByte = -1;

    /// <summary>The server's side.</summary>
    public TlsConnection(TlsLoop loop, TlsServerContext context, TransportConnection inner)
    {
        _loop = loop;
        _inner = inner;
        Context = context;
        inner.Sink = this;
    }

    /// <summary>The client's side.</summary>
    /// <param name="host">Whom it is to reach: a name in ASCII, or an address without brackets.</param>
    /// <param name="sessions">Those of this server and context, which it goes on with and adds to.</param>
    public TlsConnection(TlsLoop loop, TlsClientContext context, string host, TransportConnection inner, TlsSessions? sessions = null)
    {
        Sessions = sessions;
        _loop = loop;
        _inner = inner;
        _serverName = host;
        Context = context;
        inner.Sink = this;
        Set(TlsFlags.IsClient, true);
    }

    public override PeerAddress Remote => _inner.Remote;

    public override PeerAddress Local => _inner.Local;

    public override TlsFacts? Tls => _phase == TlsPhase.Open ? _facts ??= ReadFacts() : _facts;

    /// <summary>The host that this client wants to reach; or the name that the client asked for, known within the handshake already; null for none. It has only letters, digits, dots, hyphens and underscores.</summary>
    public string? ServerName => _serverName;

    /// <summary>How many bytes a second the peer must take of what was written before, when the connection is closed.</summary>
    public int MinimumRate { get; set; } = 500;

    /// <summary>Whether the handshake is done, so that what passes is the application's.</summary>
    public bool IsHandshakeComplete => _phase == TlsPhase.Open;

    /// <summary>
    /// Whether the peer's end came without close_notify, so that somebody else may have cut it off. A read gives it as an end
    /// all the same: many clients close so, and a message that is not whole is seen by its own framing (RFC 9112 §8).
    /// </summary>
    public bool IsTruncated => Has(TlsFlags.Truncated);

    /// <summary>The SSL objects that exist in this process. Tests hold it to 0 when every connection is closed.</summary>
    internal static long Live => Volatile.Read(ref _live);

    /// <summary>The connection for which this thread is inside OpenSSL.</summary>
    internal static TlsConnection Current => _current!;

    internal TlsSessions? Sessions { get; }

    /// <summary>Where it stands in the list of <see cref="IdleBuffers"/>, while it does.</summary>
    internal int BufferIndex { get; set; }

    /// <summary>The client's context; or the one that serves this connection: the listener's, or the one that the server name chose.</summary>
    internal TlsContext Context { get; set; }

    /// <summary>What serves this connection; null for a client's own.</summary>
    public TlsServerContext? ServerContext => Context as TlsServerContext;

    /// <summary>A server begins to wait for the client's first bytes: the SSL object is made only when they come. A client sends its hello.</summary>
    public void Start()
    {
        if (Has(TlsFlags.IsClient))
        {
            ((IConnectionSink)this).OnReadable();
        }
        else
        {
            UpdateInterest();
        }
    }

    public override void SetInterest(bool read, bool write, bool end = false)
    {
        if (_phase >= TlsPhase.Failed)
        {
            return;
        }

        Set(TlsFlags.OuterRead, read);
        Set(TlsFlags.OuterWrite, write);
        Set(TlsFlags.OuterEnd, end);
        if (!Has(TlsFlags.InWakeUp))
        {
            Settle();
        }
    }

    /// <summary>Called by a sweep of <see cref="IdleBuffers"/>: gives OpenSSL's buffers up if they were not used since the last one.</summary>
    internal void Rest()
    {
        // SSL_free_buffers gives 0 where something waits in them, a part of a record for one.
        if (!Has(TlsFlags.UsedBuffers) && LibSsl.SSL_free_buffers(_ssl) == 1)
        {
            ForgetBuffers();
        }

        Set(TlsFlags.UsedBuffers, false);
    }

    /// <summary>Called by the loop for what <see cref="TlsLoop.Enqueue"/> noted.</summary>
    internal void Continue()
    {
        Set(TlsFlags.Enqueued, false);
        ((IConnectionSink)this).OnReadable();
    }

    void IConnectionSink.OnReadable()
    {
        if (_phase >= TlsPhase.Failed)
        {
            return;
        }

        Set(TlsFlags.InWakeUp, true);
        if (_phase < TlsPhase.Open)
        {
            ContinueHandshake();
        }
        else if (Has(TlsFlags.WriteWantsRead))
        {
            Set(TlsFlags.WriteWantsRead, false);
            if (Has(TlsFlags.OuterWrite))
            {
                Sink!.OnWritable();
            }
        }

        if (_phase == TlsPhase.Open && Has(TlsFlags.OuterRead))
        {
            Sink!.OnReadable();
        }

        EndWakeUp();
    }

    void IConnectionSink.OnWritable()
    {
        if (_phase >= TlsPhase.Failed)
        {
            return;
        }

        Set(TlsFlags.InWakeUp, true);
        Flush();
        if (_phase == TlsPhase.Open && !Has(TlsFlags.InnerFailed) && Has(TlsFlags.OuterWrite) && HasRoom)
        {
            Sink!.OnWritable();
        }

        EndWakeUp();
    }

    void IConnectionSink.OnEnded()
    {
        Set(TlsFlags.InWakeUp, true);
        Sink!.OnEnded();
        EndWakeUp();
    }

    void IConnectionSink.OnAborted(EndReason reason)
    {
        Set(TlsFlags.InnerFailed, true);
        if (_phase < TlsPhase.Open)
        {
            FailHandshake(reason == EndReason.PeerReset ? $"{Peer} reset the connection" : EndReasons.Describe(reason));
        }
        else if (_phase == TlsPhase.Open)
        {
            Abort(reason);
        }
    }

    public override void ShutdownWrite()
    {
        if (_phase >= TlsPhase.Failed || Has(TlsFlags.CloseNotifySent))
        {
            return;
        }

        SendCloseNotify();
        Set(TlsFlags.FinWanted, true);
        if (!Has(TlsFlags.InWakeUp))
        {
            Flush();
            Settle();
        }
    }

    public override void Close()
    {
        if (_phase == TlsPhase.Closed)
        {
            return;
        }

        ThrowInsideOpenSsl();

        // RFC 8446 §6.1: each side says close_notify before it closes. OpenSSL also drops a session from its cache without it.
        if (_phase == TlsPhase.Open && !Has(TlsFlags.CloseNotifySent))
        {
            SendCloseNotify();
        }

        Flush();
        OutputQueue? unsent = _ciphertext;
        _ciphertext = null;
        bool canSend = !Has(TlsFlags.InnerFailed);
        Free();
        if (unsent is not null && canSend)
        {
            new DrainingConnection(_loop, _inner, unsent, MinimumRate).Start();
            return;
        }

        Drop(unsent);
        _inner.Close();
    }

    public override void Reset()
    {
        if (_phase == TlsPhase.Closed)
        {
            return;
        }

        ThrowInsideOpenSsl();
        Drop(_ciphertext);
        _ciphertext = null;
        Free();
        _inner.Reset();
    }

    private bool Has(TlsFlags flag) => (_flags & flag) != 0;

    private void Set(TlsFlags flag, bool value) => _flags = value ? _flags | flag : _flags & ~flag;

    private void EndWakeUp()
    {
        Set(TlsFlags.InWakeUp, false);
        if (_phase == TlsPhase.Closed)
        {
            return;
        }

        Flush();
        if (_phase == TlsPhase.Failed)
        {
            return;
        }

        if (Has(TlsFlags.InnerFailed))
        {
            ((IConnectionSink)this).OnAborted(_failure);
            return;
        }

        Settle();
    }

    // Makes sure that whoever waits is called: by the inner connection, or by the loop where the socket would not say.
    private void Settle()
    {
        if (Has(TlsFlags.ReadWantsWrite) && HasRoom)
        {
            Set(TlsFlags.ReadWantsWrite, false);
            Set(TlsFlags.Pending, true);
        }

        UpdateInterest();
        if (Has(TlsFlags.Pending) && !Has(TlsFlags.Enqueued) && (_phase == TlsPhase.Handshaking || Has(TlsFlags.OuterRead)))
        {
            Set(TlsFlags.Enqueued, true);
            _loop.Enqueue(this);
        }
    }

    private void UpdateInterest()
    {
        bool open = _phase == TlsPhase.Open;
        bool read = (!open || Has(TlsFlags.OuterRead | TlsFlags.WriteWantsRead)) && !Has(TlsFlags.ReadWantsWrite);
        bool write = _ciphertext is not null || (open && Has(TlsFlags.OuterWrite) && !Has(TlsFlags.WriteWantsRead));
        _inner.SetInterest(read, write, end: open && Has(TlsFlags.OuterEnd));
    }

    private void Abort(EndReason reason)
    {
        _phase = TlsPhase.Failed;
        _failure = reason;
        Sink?.OnAborted(reason);
    }

    private void SendCloseNotify()
    {
        Set(TlsFlags.CloseNotifySent, true);
        if (_phase == TlsPhase.Open)
        {
            // 0 says that the peer's close_notify is still to come. Less is a connection that is broken already: there is nobody to tell.
            TlsConnection? outer = EnterOpenSsl();
            _ = LibSsl.SSL_shutdown(_ssl);
            LeaveOpenSsl(outer);
        }
    }

    private void Free()
    {
        _phase = TlsPhase.Closed;
        if (_ssl != 0)
        {
            LibSsl.SSL_free(_ssl);
            _ssl = 0;
            ForgetBuffers();
            Interlocked.Decrement(ref _live);
        }
    }

    private void ForgetBuffers()
    {
        if (Has(TlsFlags.HoldsBuffers))
        {
            Set(TlsFlags.HoldsBuffers, false);
            _loop.IdleBuffers.Remove(this);
        }
    }

    private void Drop(OutputQueue? queue)
    {
        if (queue is not null)
        {
            queue.Clear();
            _loop.ReturnQueue(queue);
        }
    }

    // Around every call that may come back by the BIO or a callback. A stale error would be taken for this call's own; to look for one is
    // a tenth of what clearing costs, which goes through all the places of the queue.
    private TlsConnection? EnterOpenSsl()
    {
        TlsConnection? outer = _current;
        _current = this;
        if (LibCrypto.ERR_peek_error() != 0)
        {
            LibCrypto.ERR_clear_error();
        }

        if (!Has(TlsFlags.HoldsBuffers))
        {
            Set(TlsFlags.HoldsBuffers, true);
            _loop.IdleBuffers.Add(this, _loop.Loop.Now);
        }

        Set(TlsFlags.UsedBuffers, true);
        return outer;
    }

    private void LeaveOpenSsl(TlsConnection? outer)
    {
        _current = outer;
        _loop.ThrowFault();
    }

    internal void CallbackFailed(Exception e) => _loop.SetFault(e);

    private void ThrowInsideOpenSsl()
    {
        if (_current == this)
        {
            throw new InvalidOperationException("A connection cannot be closed from within a callback of its own handshake.");
        }
    }

    private TlsFacts ReadFacts()
    {
        byte* protocol;
        uint length;
        LibSsl.SSL_get0_alpn_selected(_ssl, &protocol, &length);
        return _loop.Share(new TlsFacts(
            LibSsl.SSL_version(_ssl) == LibSsl.Tls13 ? "TLSv1.3" : "TLSv1.2",
            _loop.CipherName(LibSsl.SSL_CIPHER_get_name(LibSsl.SSL_get_current_cipher(_ssl))),
            _serverName,
            Context.ProtocolName(new ReadOnlySpan<byte>(protocol, (int)length)),
            LibSsl.SSL_session_reused(_ssl) == 1));
    }
}
