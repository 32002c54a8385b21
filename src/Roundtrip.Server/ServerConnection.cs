using System.Diagnostics;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>
/// One connection: it moves bytes between the transport and the engine, and obeys the engine's wishes for input, time and close. After each
/// call into the engine comes <see cref="Settle"/>, which sends, sets interest and deadlines, and closes when it is time.
/// An idle connection holds this object, its transport and its engine, and no buffer. This file has the calls that come in and what leads to the engine;
/// ServerConnection.Sending.cs has the way out, ServerConnection.Ending.cs the ends.
/// </summary>
internal sealed partial class ServerConnection(LoopServer server, TransportConnection transport, bool isSecure) : TimerEntry, IConnectionSink, IConnectionHost
{
    // What one connection may move in one turn, so that a fast peer does not keep the loop from the others.
    private const int ReadBudget = 512 * 1024;
    private const int WriteBudget = 2 * 1024 * 1024;
    private const int ThroughBudget = 1024 * 1024;

    // How often in a row a thread may have fetched a file's bytes that are then not in memory. A disk that fails would have it go on for ever.
    private const int MaximumWarmings = 16;

    private const int LittleOutput = 32 * 1024;
    private const int SmallRead = 4096;
    private const int LargeRead = 64 * 1024;

    // RFC 9112 section 9.6: how long a client may go on sending after our side is closed; httpd's SECONDS_TO_LINGER and MAX_SECS_TO_LINGER.
    private const int LingerIdle = 2_000;
    private const int LingerMaximum = 30_000;

    private IConnectionEngine? _engine;
    private InputBuffer _input;
    private OutputQueue? _output;
    private Phase _phase;
    private bool _isReadEnded;
    private bool _isWriteEnded;
    private bool _isReadingMuch;
    private bool _isInCall;
    private bool _isWoken;
    private bool _isWarming;
    private bool _isSwitched;
    private byte _warmings;

    // How the input has ended, found where it was read past the engine, which is told when its call is over.
    private bool _hasFoundEnd;
    private EndReason _foundFailure;

    // What may still be read and sent in this turn past the buffers.
    private int _through = ThroughBudget;

    // Those of a host, where hosts have limits of their own; otherwise the server's.
    private HttpLimits? _limits;

    // Asked of the system once: programs are told of it with each request.
    private PeerAddress? _local;

    // Content that the engine keeps back waits for the network, though the output is empty.
    private bool _isHeldBack;

    // Bytes of output that the transport has taken.
    private long _sent;

    // While output waits for the client: what had been sent at the last look, and when to look again. While lingering: when it is enough.
    private long _sentAtLastLook;
    private long _lookAgainAt = Deadline.None;

    private enum Phase : byte
    {
        Open,
        Lingering,
        Closed,
    }

    /// <summary>Where the connection stands in its server's list.</summary>
    public int Index { get; set; }

    /// <summary>Who accepted it.</summary>
    public required LoopListener Listener { get; init; }

    public Http2Cleartext Http2Cleartext { get; init; }

    /// <summary>What its TLS was made with; null for a plain connection.</summary>
    public TlsServerContext? TlsContext => (transport as TlsConnection)?.ServerContext;

    public PeerAddress Remote => transport.Remote;

    public PeerAddress Local => _local ??= transport.Local;

    public bool IsSecure => isSecure;

    public string? ServerName => (transport as TlsConnection)?.ServerName;

    public object? SiteState { get; set; }

    public string? LogId { get; set; }

    public ref InputBuffer Input => ref _input;

    public OutputQueue Output => _output ??= server.RentOutput();

    public long OutputLength => _output?.Length ?? 0;

    public BufferPool Buffers => server.Loop.Buffers;

    public long Now => server.Loop.Now;

    public long Timestamp => server.WantsTimestamps ? Stopwatch.GetTimestamp() : 0;

    public bool KeepsTrailers => server.Site.WantsTrailers;

    public ReadOnlySpan<byte> Date => server.Date;

    public HttpLimits Limits => _limits ?? server.Limits;

    public StatusLines StatusLines => server.StatusLines;

    /// <summary>Takes the connection up: its first bytes may be read at once.</summary>
    public void Begin()
    {
        transport.Sink = this;
        ChooseLimits();
        if (isSecure)
        {
            // The transport shakes hands on its own and calls when that is done; then the engine is chosen by what ALPN agreed on.
            server.Loop.Timers.Schedule(this, Limits.Handshake.DeadlineAt(Now, 0));
            transport.SetInterest(read: true, write: false);
            return;
        }

        _engine = new Http1Connection(this, server.Http1);
    }

    /// <summary>Takes the limits of the host that the connection is for, as far as that is known: there is another configuration, or the handshake has said a name.</summary>
    public void ChooseLimits()
    {
        _limits = server.Site.LimitsOf(this);
        if (transport is TlsConnection secured)
        {
            secured.MinimumRate = Limits.ResponseMinRate;
        }
    }

    public void UseLimits(HttpLimits limits) => _limits = limits;

    public void OnReadable()
    {
        if (_phase == Phase.Lingering)
        {
            DropInput();
        }
        else if (_phase == Phase.Open)
        {
            Call(static c => c.ReadInput());
        }
    }

    public void OnWritable() => Call(static _ => { });

    public void OnEnded() => Call(static c =>
    {
        if (!c._isReadEnded && c._engine is { WatchesEnd: true } engine)
        {
            c._isReadEnded = true;
            engine.ReceiveEnd(c.Now);
        }
    });

    public void OnAborted(EndReason reason) => Gone(reason);

    /// <summary>Something woke the connection since its last turn.</summary>
    public void OnWoken()
    {
        _isWoken = false;
        Call(static _ => { });
    }

    public void Stop() => Call(static c => c._engine?.Stop(c.Now));

    public void Wake()
    {
        if (!_isInCall && !_isWoken && _phase == Phase.Open)
        {
            _isWoken = true;
            server.Wake(this);
        }
    }

    public void Start(Exchange exchange)
    {
        uint generation = exchange.Generation;
        try
        {
            server.Site.Start(exchange);
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its exchange with 500, not the loop, which carries other people's connections.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault, exchange.Generation == generation && exchange.EndReason == EndReason.None ? exchange : null);
            exchange.Abort(EndReason.HandlerFailed);
        }

        // One that has ended was noted at its end, while its request could still be read.
        if (exchange.Generation == generation && exchange.EndReason == EndReason.None)
        {
            server.Blocked.Note(exchange);
        }
    }

    public void Refusing(Exchange exchange) => (exchange.Owner as LoopSite ?? server.Site).Refusing(exchange);

    public void ExchangeEnded(Exchange exchange)
    {
        server.Blocked.Note(exchange);
        (exchange.Owner as LoopSite ?? server.Site).Ended(exchange);
    }

    public void Report(in ProtocolError error) => Report(error, null);

    public void Report(in ProtocolError error, Exchange? exchange)
    {
        LogLevel level = error.Origin == ErrorOrigin.Peer ? LogLevel.Info : LogLevel.Error;
        server.LogOf(this, exchange).Write(
            level, "http", this, exchange, $"{EndReasons.Describe(error.Reason)}{(error.Code == 0 ? "" : $" (answered {error.Code})")}");
    }

    public void SwitchTo(IConnectionEngine next)
    {
        _engine = next;
        _isSwitched = true;
        Wake();
    }

    protected override void OnDue(long now)
    {
        if (_phase == Phase.Lingering)
        {
            Dispose();
        }
        else if (_engine is null)
        {
            Report(new ProtocolError(EndReason.HandshakeTimeout, 0, ErrorScope.Connection, ErrorOrigin.Peer));
            Dispose();
        }
        else if (now >= _lookAgainAt && StallReason() is var stalled and not EndReason.None)
        {
            Report(new ProtocolError(stalled, 0, ErrorScope.Connection, ErrorOrigin.Peer));
            Gone(stalled);
        }
        else
        {
            Call(static c =>
            {
                if (c._engine!.NextDeadline <= c.Now)
                {
                    c._engine.OnDeadline(c.Now);
                }
            });
        }
    }

    // Every way into the engine goes through here: the time is watched, a failing handler ends its own connection and no other.
    private void Call(Action<ServerConnection> call)
    {
        if (_phase != Phase.Open)
        {
            return;
        }

        _isInCall = true;
        server.Blocked.Enter();
        try
        {
            call(this);
            ReceiveAfterSwitch();
            ReceiveFoundEnd();
            Settle();
        }
#pragma warning disable CA1031 // Whatever a handler throws must not end the loop, which carries other people's connections.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
            Gone(EndReason.HandlerFailed);
        }

        server.Blocked.Leave();
        _isInCall = false;
    }

    private void LogFault(Exception fault, Exchange? exchange = null) =>
        server.LogOf(this, exchange).Write(LogLevel.Error, "core", this, exchange, $"{EndReasons.Describe(EndReason.HandlerFailed)}: {fault}");

    private void ReadInput()
    {
        _engine ??= BeginSecure();
        for (int budget = ReadBudget; budget > 0 && !_isReadEnded && !_hasFoundEnd && _engine.WantsInput;)
        {
            Span<byte> room = _input.Reserve(Buffers, _isReadingMuch ? LargeRead : SmallRead);
            IoResult result = transport.Read(room);
            switch (result.Status)
            {
                case IoStatus.Done:
                    budget -= (int)result.Count;
                    _isReadingMuch = result.Count == room.Length;
                    _input.Commit((int)result.Count);
                    Feed();

                    // A read that did not fill its room emptied the socket: asking again would only be told so.
                    if (!_isReadingMuch)
                    {
                        return;
                    }

                    break;
                case IoStatus.End:
                    _isReadEnded = true;
                    _engine.ReceiveEnd(Now);
                    return;
                case IoStatus.Failed:
                    Gone(result.Reason);
                    return;
                default:
                    return;
            }
        }
    }

    private IConnectionEngine BeginSecure()
    {
        ChooseLimits();
        return transport.Tls?.ApplicationProtocol == "h2" ? new Http2ServerConnection(this, server.Http2) : new Http1Connection(this, server.Http1);
    }

    private void Feed()
    {
        _engine!.Receive(Now);
        ReceiveAfterSwitch();
    }

    // A new engine is given what its predecessor left in the input.
    private void ReceiveAfterSwitch()
    {
        while (_isSwitched)
        {
            _isSwitched = false;
            _engine!.Receive(Now);
        }
    }

    // Sends what there is, then closes, or says what is waited for.
    private void Settle()
    {
        _through = ThroughBudget;
        if (_phase != Phase.Open || _engine is null)
        {
            return;
        }

        if (!Send())
        {
            return;
        }

        _input.Release(Buffers);
        bool isSent = _output is null or { IsEmpty: true };
        if (isSent && _output is not null)
        {
            server.ReturnOutput(_output);
            _output = null;
        }

        if (isSent && _engine.Closing != ConnectionClose.None)
        {
            End(_engine.Closing);
            return;
        }

        if (isSent && _engine.EndsOutput)
        {
            EndWriting();
        }

        bool waits = !isSent || _isHeldBack;
        transport.SetInterest(!_isReadEnded && _engine.WantsInput, waits && !_isWarming, end: !_isReadEnded && _engine.WatchesEnd);
        WatchProgress(!waits);
        server.Loop.Timers.Schedule(this, Math.Min(_engine.NextDeadline, _lookAgainAt));
    }
}
