using System.Buffers.Binary;
using System.Net;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Processes;
using Roundtrip.Server;
using Roundtrip.Site.Files;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Channels;

/// <summary>One request on its way to a worker and back: collects small content, waits for a channel, and is told what comes over it. Used again for the next.</summary>
internal sealed partial class WsgiExchange : PoolRequest, IExchangeHandler
{
    // How often a request that no worker took is given to another.
    private const int MaximumTries = 5;

    private static long _numbers;

    private readonly LoopPool _pool;
    private readonly Timer _timer;
    private WsgiHandler _handler = null!;
    private Resource _resource = null!;
    private WsgiTarget _target = null!;

    // Null once the client has left or has its answer.
    private Exchange? _exchange;
    private LoopChannel? _channel;
    private long _number;
    private int _tries;
    private bool _isLeftInQueue;
    private bool _isOverdue;
    private bool _isOneOfMany;

    public WsgiExchange(LoopPool pool)
    {
        _pool = pool;
        _timer = new Timer(this);
        _tellTimer = new TellTimer(this);
    }

    public string Name => "wsgi";

    public override EventLoop EventLoop => _pool.Loop;

    /// <summary>Its number, by which the worker knows it: another with each try.</summary>
    public long Number => _number;

    public IConnectionHost? Connection => _exchange?.Connection;

    private ErrorLog Log => _resource.About.Host.ErrorLog;

    /// <summary>Has a request answered.</summary>
    public static void Start(WsgiHandler handler, LoopPool pool, WsgiTarget target, Exchange exchange, Resource resource)
    {
        WsgiExchange request = pool.Spare.TryPop(out WsgiExchange? spare) ? spare : new WsgiExchange(pool);
        resource.AddReference();
        (request._handler, request._target, request._resource, request._exchange) = (handler, target, resource, exchange);
        request._tries = 0;
        request._isLeftInQueue = request._isOverdue = false;
        request._isOneOfMany = pool.Rush.Begin(pool.Loop.Now);
        exchange.Handler = request;
        exchange.EndsWithClient = true;
        if (request.BeginBody(exchange))
        {
            request.Enter(isAgain: false);
        }
    }

    public override void Begin(Channel channel)
    {
        if (_exchange is null)
        {
            _pool.Return(channel);
            Free();
            return;
        }

        _tries++;
        _isLeftInQueue = false;
        _number = Interlocked.Increment(ref _numbers);
        try
        {
            _channel = _pool.Open(channel);
        }
        catch (Exception fault) when (fault is TransportException or ProcessException)
        {
            Say(LogLevel.Error, fault.Message);
            _pool.Return(channel);
            Refuse(503);
            return;
        }

        _pool.Loop.Timers.Cancel(_timer);
        _pool.Pool.Announce(_number, Log);
        if (!_channel.TryBegin(this, MakeFrame(_exchange)))
        {
            TakeBack();
            _pool.Pool.TakeBack(channel, isStuck: true, 1, [this], _pool);
        }
    }

    /// <summary>It is the first on its channel.</summary>
    public void OnTurn(Channel channel)
    {
        long now = _pool.Loop.Now;
        _pool.Pool.Observer.Began(channel.Worker.Worker, now);
        Schedule(_pool.Pool.Definition.RequestTimeout, now);
    }

    /// <summary>Its channel does not get on, and has not taken it.</summary>
    /// <returns>Whether it is to wait again; not where its client has left.</returns>
    public bool TakeBack()
    {
        _channel = null;
        if (_exchange is null)
        {
            Free();
            return false;
        }

        _tries--;
        MayJoin = false;
        _isLeftInQueue = true;
        Schedule(_pool.Pool.Definition.QueueTimeout, _pool.Loop.Now);
        return true;
    }

    public override void Refuse(int status)
    {
        if (_exchange is { } exchange)
        {
            IConnectionHost connection = exchange.Connection;
            _exchange = null;
            if (status == 503)
            {
                // RFC 9110 §10.2.3: in seconds.
                exchange.ResponseFields.Add("Retry-After"u8, 5);
            }

            Answer(exchange, status);
            connection.Wake();
        }

        Free();
    }

    public void OnAborted(Exchange exchange, EndReason reason)
    {
        if (exchange != _exchange)
        {
            return;
        }

        _exchange = null;
        if (_channel is not null)
        {
            // The worker's request goes on; what it says is read and dropped.
            BreakBody();
            _channel.Resume();
        }
        else if (_isCollecting || _pool.Pool.Withdraw(this))
        {
            Free();
        }

        // Otherwise its turn has been posted, and gives the channel back.
    }

    /// <summary>The channel is done with the request.</summary>
    /// <param name="isLost">Whether that is because its process has ended.</param>
    /// <returns>Whether the request is over; otherwise it goes to another worker.</returns>
    public bool OnChannelDone(Channel channel, bool isLost)
    {
        long now = _pool.Loop.Now;
        _channel = null;
        _pool.Loop.Timers.Cancel(_timer);
        _pool.Pool.Observer.Ended(channel.Worker.Worker, now);
        if (!isLost || _exchange is not { } exchange)
        {
            return true;
        }

        if (channel.Worker.Worker.TakenOn(channel.Index) != _number && _tries < MaximumTries && !_isOverdue)
        {
            Enter(isAgain: true);
            return false;
        }

        OnLost(exchange);
        return true;
    }

    /// <summary>Gives the object back.</summary>
    public void Free()
    {
        _pool.Loop.Timers.Cancel(_timer);
        _pool.Rush.End();
        EndBody();
        _resource.ReleaseReference();
        (_resource, _exchange, _channel) = (null!, null, null);
        _pool.Spare.Push(this);
    }

    private void Enter(bool isAgain)
    {
        long now = _pool.Loop.Now;
        MayJoin = _isOneOfMany && IsAllHere && !isAgain;
        Channel? channel = _pool.Pool.TryTake(this, _pool, now, isAgain, out int refusal);
        if (channel is not null)
        {
            Begin(channel);
        }
        else if (refusal != 0)
        {
            Say(LogLevel.Error, _pool.Pool.Waiting > 0 ? "more requests wait for a process than listen-backlog allows (answered 503)" : "there is no process for the request (answered 503)");
            Refuse(refusal);
        }
        else
        {
            _isLeftInQueue = true;
            Schedule(_pool.Pool.Definition.QueueTimeout, now);
        }
    }

    private void Schedule(TimeSpan limit, long now)
    {
        if (limit > TimeSpan.Zero)
        {
            _pool.Loop.Timers.Schedule(_timer, now + (long)limit.TotalMilliseconds);
        }
        else
        {
            _pool.Loop.Timers.Cancel(_timer);
        }
    }

    private void OnDue()
    {
        if (_channel is { } channel)
        {
            _isOverdue = true;
            _pool.Pool.Observer.Overdue(channel.Worker, _number);
        }
        else if (_isLeftInQueue && _exchange is not null && _pool.Pool.Withdraw(this))
        {
            Say(LogLevel.Error, "the request has waited for a process for as long as queue-timeout allows (answered 504)");
            Refuse(504);
        }
    }

    // The frame of worker.py: header, length of the environ, environ, content.
    private ReadOnlySpan<byte> MakeFrame(Exchange exchange)
    {
        EnvironmentBuffer frame = _pool.Frame;
        frame.Clear();
        _target.WriteTo(frame);
        RequestEnvironment.Write(frame, exchange, _resource, _target.PassesAuthorization);
        int environ = frame.Written.Length;
        frame.AddRaw(Collected);
        Span<byte> whole = frame.Whole;
        bool showsFailures = _target.ShowsFailures && IPAddress.IsLoopback(exchange.Connection.Remote.ToIPAddress());
        byte flags = (byte)((IsAllHere ? FrameFlags.AllHere : 0) | (showsFailures ? FrameFlags.ShowsFailures : 0) | (_isOneOfMany ? FrameFlags.OneOfMany : 0));
        new FrameHeader(FrameKind.Request, flags, 0, (uint)(whole.Length - FrameHeader.Size), _number).Write(whole);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[FrameHeader.Size..], (uint)environ);
        return whole;
    }

    private void Answer(Exchange exchange, int status) => _handler.Site.AnswerStatus(exchange, _resource.About, status);

    private void Say(LogLevel level, string message)
    {
        if (_exchange is { } exchange)
        {
            Log.Write(level, "wsgi", exchange.Connection, exchange, message);
        }
    }

    private sealed class Timer(WsgiExchange request) : TimerEntry
    {
        protected override void OnDue(long now) => request.OnDue();
    }
}
