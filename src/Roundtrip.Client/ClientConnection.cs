using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>
/// One connection of a client: it moves bytes between the transport and the engine, and obeys the engine's wishes for input, time and close. After each call into the engine comes
/// <see cref="Settle"/>, which sends, sets interest and deadlines, and closes when it is time.
/// </summary>
public sealed class ClientConnection : TimerEntry, IConnectionSink, IEngineHost, ILoopWork
{
    // What the connection may move in one turn, so that a fast peer does not keep the loop from the others.
    private const int ReadBudget = 512 * 1024;
    private const int ReadSize = 64 * 1024;
    private const int ProduceRoom = 64 * 1024;

    private readonly ConnectionPool _pool;
    private readonly OriginConnections _connections;
    private readonly TransportConnection _transport;
    private IClientEngine _engine = null!;
    private InputBuffer _input;
    private bool _isReadEnded;
    private bool _isInCall;
    private bool _isWoken;
    private bool _isStopWanted;
    private bool _isGone;

    internal ClientConnection(ConnectionPool pool, OriginConnections connections, Origin origin, TransportConnection transport)
    {
        (_pool, _connections, Origin, _transport) = (pool, connections, origin, transport);
        Output = new OutputQueue(pool.Loop.Buffers);
    }

    public Origin Origin { get; }

    public PeerAddress Remote => _transport.Remote;

    public PeerAddress Local => _transport.Local;

    public bool IsHttp2 { get; private set; }

    public TlsFacts? Tls => _transport.Tls;

    /// <summary>How many requests it was given.</summary>
    public int Started => _engine.Started;

    public ref InputBuffer Input => ref _input;

    public OutputQueue Output { get; }

    public long OutputLength => Output.Length;

    public BufferPool Buffers => _pool.Loop.Buffers;

    public long Now => _pool.Loop.Now;

    public HttpLimits Limits => _pool.Options.Limits;

    internal bool CanStart => !_isGone && _engine.CanStart;

    internal bool IsLeaving => _isGone || _engine.IsLeaving;

    private IClientObserver? Observer => _pool.Options.Observer;

    public void OnReadable() => Call(static c => c.ReadInput());

    public void OnWritable() => Call(static _ => { });

    public void OnAborted(EndReason reason) => Gone(reason, isReset: true);

    public void Wake()
    {
        if (!_isInCall && !_isWoken && !_isGone)
        {
            _isWoken = true;
            _pool.Loop.Post(this);
        }
    }

    public void Report(in ProtocolError error) => Observer?.Reported(this, error);

    void ILoopWork.Run()
    {
        _isWoken = false;
        Call(static _ => { });
    }

    internal void Open(IClientEngine engine, bool isHttp2)
    {
        _engine = engine;
        IsHttp2 = isHttp2;
        _transport.Sink = this;
        Wake();
    }

    internal void Start(ClientRequest request, IClientUser user) => user.OnStarted(this, _engine.Start(request, user));

    internal void Stop()
    {
        // Within a call of the engine's it waits until that is done.
        if (_isInCall)
        {
            _isStopWanted = true;
        }
        else
        {
            Call(static c => c._engine.Stop(c.Now));
        }
    }

    protected override void OnDue(long now) => Call(static c => c._engine.OnDeadline(c.Now));

    private void Call(Action<ClientConnection> call)
    {
        if (_isGone)
        {
            return;
        }

        _isInCall = true;
        call(this);
        if (_isStopWanted && !_isGone)
        {
            _isStopWanted = false;
            _engine.Stop(Now);
        }

        Settle();
        _isInCall = false;
        if (_engine.RequiresHttp1)
        {
            _connections.RequireHttp1();
        }

        _connections.Changed();
    }

    private void ReadInput()
    {
        for (int budget = ReadBudget; budget > 0 && !_isReadEnded && !_isGone && _engine.WantsInput;)
        {
            Span<byte> room = _input.Reserve(Buffers, ReadSize);
            IoResult result = _transport.Read(room);
            switch (result.Status)
            {
                case IoStatus.Done:
                    budget -= (int)result.Count;
                    Observer?.Received(this, room[..(int)result.Count]);
                    _input.Commit((int)result.Count);
                    _engine.Receive(Now);
                    break;
                case IoStatus.End when _transport is TlsConnection { IsTruncated: true }:
                    // RFC 9112 §9.8: without close_notify somebody else may have ended it: what is delimited by the end is not whole.
                    Gone(EndReason.TruncatedBody, isReset: false);
                    return;
                case IoStatus.End:
                    _isReadEnded = true;
                    _engine.ReceiveEnd(Now);
                    return;
                case IoStatus.Failed:
                    Gone(result.Reason, isReset: true);
                    return;
                default:
                    return;
            }
        }
    }

    // Sends what there is, then closes, or says what is waited for.
    private void Settle()
    {
        if (_isGone || !Send())
        {
            return;
        }

        _input.Release(Buffers);
        if (Output.IsEmpty && _engine.Closing != ConnectionClose.None)
        {
            // A client has read all it wants: there is nothing to linger for.
            Gone(_engine.ClosingReason, isReset: false);
            return;
        }

        _transport.SetInterest(!_isReadEnded && _engine.WantsInput, !Output.IsEmpty);
        _pool.Loop.Timers.Schedule(this, _engine.NextDeadline);
    }

    /// <returns>False when the connection is no more.</returns>
    private bool Send()
    {
        while (true)
        {
            if (_engine.Closing == ConnectionClose.Reset)
            {
                Gone(_engine.ClosingReason, isReset: true);
                return false;
            }

            if (_engine.Waiting > 0)
            {
                _engine.Produce(Now, ProduceRoom);
            }

            if (Output.IsEmpty)
            {
                return true;
            }

            byte[]? shown = Observer is null ? null : Shown();
            IoResult result = _transport.Write(Output, long.MaxValue);
            if (result.Status == IoStatus.Failed)
            {
                return FailSending(result.Reason);
            }

            Observer?.Sent(this, shown.AsSpan(0, (int)result.Count));
            if (result.Count > 0 && Output.Length <= IConnectionEngine.LowWater)
            {
                _engine.Drained(Now);
            }

            if (!Output.IsEmpty || result.Count == 0)
            {
                return true;
            }
        }
    }

    // RFC 9112 §9.5: a server may answer and close before it has read all; what it said is read before the connection is given up.
    private bool FailSending(EndReason reason)
    {
        ReadInput();
        if (!_isGone)
        {
            Gone(reason, isReset: true);
        }

        return false;
    }

    private byte[] Shown()
    {
        byte[] bytes = new byte[Output.Length];
        int at = 0;
        foreach (ref readonly OutputSegment segment in Output.Segments)
        {
            segment.Span.CopyTo(bytes.AsSpan(at));
            at += segment.Span.Length;
        }

        return bytes;
    }

    private void Gone(EndReason reason, bool isReset)
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        _pool.Loop.Timers.Cancel(this);
        _engine.Ended(reason);
        Output.Clear();
        _input.Clear(Buffers);
        if (isReset)
        {
            _transport.Reset();
        }
        else
        {
            _transport.Close();
        }

        Observer?.Closed(this, reason);
        _connections.Gone(this);
    }
}
