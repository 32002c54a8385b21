using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Server;

/// <summary>
/// An exchange for asynchronous code. Two bounded pipes stand between that code and the loop: the request's content comes out of <see cref="Body"/>, the
/// response's goes into <see cref="ResponseBody"/>, and each side waits when the other is slow. What the code does is posted to the loop that owns the
/// exchange and checked there against the exchange's generation, so that a late call on a finished exchange does nothing. How much code runs at a time MaxRequestWorkers says.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has neither timer nor wait handle: there is nothing to dispose, and code may hold the token for ever.")]
public sealed class OffloadedExchange : IExchangeHandler, IThreadPoolWorkItem
{
    private const int PauseAt = 64 * 1024;
    private const int ResumeAt = 32 * 1024;

    // RFC 9110 §10.2.3: in seconds.
    private static readonly FieldBlock RefusalFields = FieldBlock.Create(("Content-Type", "text/plain; charset=us-ascii"), ("Retry-After", "10"));

    private readonly EventLoop _loop;
    private readonly Exchange _exchange;
    private readonly IConnectionHost _connection;
    private readonly uint _generation;
    private readonly Pipe _request;
    private readonly Pipe _response;
    private readonly CancellationTokenSource _aborted = new();
    private readonly ErrorLog _log;
    private readonly Func<OffloadedExchange, Task> _handler;
    private readonly RequestWorkers _workers;
    private readonly LinkedListNode<IThreadPoolWorkItem> _place;
    private readonly IExchangeHold? _hold;
    private int _isBodyAsked;
    private bool _isPumpingBody;
    private bool _isPumpingResponse;
    private bool _isBodyEnded;
    private volatile bool _isFaulted;
    private volatile bool _isAborted;

    private OffloadedExchange(Exchange exchange, EventLoop loop, ErrorLog log, string name, Func<OffloadedExchange, Task> handler)
    {
        (_loop, _exchange, _generation, _log, Name, _handler) = (loop, exchange, exchange.Generation, log, name, handler);
        _workers = RequestWorkers.Of(exchange);
        _place = new LinkedListNode<IThreadPoolWorkItem>(this);
        _connection = exchange.Connection;
        _hold = exchange.Hold();
        Request = exchange.Request.Snapshot();
        Remote = _connection.Remote;
        var onLoop = new LoopScheduler(loop);
        _request = new Pipe(new PipeOptions(null, PipeScheduler.ThreadPool, onLoop, PauseAt, ResumeAt, useSynchronizationContext: false));
        _response = new Pipe(new PipeOptions(null, onLoop, PipeScheduler.ThreadPool, PauseAt, ResumeAt, useSynchronizationContext: false));
    }

    public string Name { get; }

    /// <summary>The request: a copy, which stays when the exchange is over.</summary>
    public RequestHead Request { get; }

    public PeerAddress Remote { get; }

    /// <summary>Cancelled when the exchange is over before its response was complete.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>
    /// The request's content. Asking for it is what has a waiting client sent 100 (Continue). It ends with an <see cref="IOException"/> where the content does not come whole.
    /// </summary>
    public PipeReader Body
    {
        get
        {
            if (Interlocked.Exchange(ref _isBodyAsked, 1) == 0)
            {
                Post(static o => _ = o.PumpBodyAsync());
            }

            return _request.Reader;
        }
    }

    /// <summary>The response's content, sent once <see cref="Respond"/> was called. A flush waits while the client is slow.</summary>
    public PipeWriter ResponseBody => _response.Writer;

    /// <summary>
    /// Gives <paramref name="exchange"/> to asynchronous code, which runs on the thread pool. When its task ends the response is complete; when it
    /// fails, or ends without having responded, the client gets 500 or a cut response, and <paramref name="log"/> the fault. Where MaxRequestWorkers run already it waits its turn; where
    /// <see cref="RequestWorkers.MaximumWaiting"/> wait already the client gets 503.
    /// </summary>
    /// <param name="exchange">One that the server has started.</param>
    /// <param name="name">What the error log calls this handler.</param>
    public static void Start(Exchange exchange, EventLoop loop, ErrorLog log, string name, Func<OffloadedExchange, Task> handler)
    {
        var offloaded = new OffloadedExchange(exchange, loop, log, name, handler);
        exchange.Handler = offloaded;
        if (!offloaded._workers.TryAdd(offloaded._place))
        {
            exchange.Handler = null;
            offloaded._hold?.Release();
            offloaded._workers.Report(log, exchange, loop.Now);
            Refuse(exchange);
        }
    }

    /// <summary>Begins the response; see <see cref="Exchange.Respond"/>.</summary>
    public void Respond(int status, FieldBlock fields, long contentLength = Exchange.UnknownLength) => Post(o =>
    {
        o._exchange.Respond(status, fields, contentLength);
        _ = o.PumpResponseAsync();
    });

    /// <summary>
    /// Goes on as a tunnel; see <see cref="Exchange.AcceptUpgrade"/>. <see cref="Body"/>, which is not to be asked for before, is then what the client sends, <see cref="ResponseBody"/>
    /// what it gets. Whether the request asks for <paramref name="protocol"/> (<see cref="Exchange.AsksFor"/>) is found out before the exchange is given away.
    /// </summary>
    public void AcceptUpgrade(byte[] protocol, FieldBlock fields) => Post(o =>
    {
        o._exchange.AcceptUpgrade(protocol, fields);
        _ = o.PumpResponseAsync();
    });

    /// <summary>Sends an interim response; see <see cref="Exchange.Inform"/>.</summary>
    public void Inform(int status, FieldBlock fields) => Post(o => o._exchange.Inform(status, fields));

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
        if (Volatile.Read(ref _isBodyAsked) != 0)
        {
            _ = PumpBodyAsync();
        }
    }

    void IExchangeHandler.OnWritable(Exchange exchange) => _ = PumpResponseAsync();

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason)
    {
        _isAborted = true;
        if (_workers.Withdraw(_place))
        {
            _hold?.Release();
        }

        EndBody(new IOException(EndReasons.Describe(reason)));
        if (!_isPumpingResponse)
        {
            _response.Reader.Complete();
        }
        else
        {
            // The pump is waiting for the code's next bytes: it is woken to find that the exchange is over.
            _response.Reader.CancelPendingRead();
        }

        // Callbacks of the token are the code's own: they do not run on the loop.
        ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _aborted, preferLocal: false);
    }

    private bool IsOver => _exchange.Generation != _generation || _exchange.EndReason != EndReason.None;

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    // The connection is kept: what is wrong is not the client's, and to connect again would cost more than to wait.
    private static void Refuse(Exchange exchange)
    {
        ReadOnlySpan<byte> sentence = "The server has too much to do. Try again in a moment.\n"u8;
        exchange.Respond(503, RefusalFields, sentence.Length);
        if (exchange.Request.Method != Method.Head)
        {
            exchange.Write(sentence);
        }

        exchange.Complete();
    }

    private async Task RunAsync()
    {
        try
        {
            // Who left between his turn and now is owed nothing.
            await (_isAborted ? Task.CompletedTask : _handler(this)).ConfigureAwait(false);
            await _response.Writer.CompleteAsync().ConfigureAwait(false);
            Post(static o => o.CompleteUnanswered());
        }
        catch (OperationCanceledException) when (_aborted.IsCancellationRequested)
        {
            await _response.Writer.CompleteAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the code throws ends its exchange and is logged here; nobody above would see it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!_aborted.IsCancellationRequested)
            {
                _log.Write(LogLevel.Error, "core", Remote.ToString(), $"{Name}: {fault}");
            }

            // Set before the pipe ends: what was written so far must not pass for the whole response.
            _isFaulted = true;
            await _response.Writer.CompleteAsync().ConfigureAwait(false);
            Post(static o => o._exchange.Abort(EndReason.HandlerFailed));
        }
        finally
        {
            _workers.Ended();
            if (_hold is not null)
            {
                _loop.Post(new End(_hold));
            }

            await _request.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private void Post(Action<OffloadedExchange> action) => _loop.Post(new Work(this, action));

    private void Fail(Exception fault)
    {
        if (!IsOver)
        {
            _log.Write(LogLevel.Error, "core", Remote.ToString(), $"{Name}: {fault}");
            _exchange.Abort(EndReason.HandlerFailed);
        }
    }

    private void CompleteUnanswered()
    {
        if (!_exchange.HasResponded)
        {
            _exchange.Abort(EndReason.HandlerFailed);
        }
    }

    // The engine to the request's pipe, as long as there are bytes. The pipe's continuations run on the loop, so all of this does.
    private async Task PumpBodyAsync()
    {
        if (_isPumpingBody)
        {
            return;
        }

        _isPumpingBody = true;
        while (!_isBodyEnded && !IsOver)
        {
            BodyRead read = _exchange.ReadBody(_request.Writer.GetSpan(BufferPool.SegmentSize));
            if (read.Status == BodyReadStatus.NotYet)
            {
                break;
            }

            if (read.Status != BodyReadStatus.Data)
            {
                EndBody(read.Status == BodyReadStatus.End ? null : new IOException("the request's content did not come whole"));
                break;
            }

            _request.Writer.Advance(read.Count);
            ValueTask<FlushResult> flush = _request.Writer.FlushAsync(CancellationToken.None);
            bool isHeldBack = !flush.IsCompleted;
            FlushResult flushed = await flush.ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                // The code wants no more of the content: the engine drains what is left.
                EndBody(null);
            }

            if (isHeldBack && !IsOver)
            {
                _connection.Wake();
            }
        }

        _isPumpingBody = false;
    }

    private void EndBody(Exception? fault)
    {
        if (!_isBodyEnded)
        {
            _isBodyEnded = true;
            _request.Writer.Complete(fault);
        }
    }

    // The response's pipe to the engine, as long as there is room.
    private async Task PumpResponseAsync()
    {
        if (_isPumpingResponse || IsOver || !_exchange.HasResponded)
        {
            return;
        }

        _isPumpingResponse = true;
        try
        {
            while (Deliver(await _response.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false)))
            {
                _connection.Wake();
            }
        }
#pragma warning disable CA1031 // The fault with which the code completed its pipe: it ends the exchange, as if the code had thrown it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fail(fault);
        }

        _isPumpingResponse = false;
        _connection.Wake();
    }

    /// <returns>Whether there may be more to deliver now.</returns>
    private bool Deliver(ReadResult result)
    {
        if (IsOver)
        {
            _response.Reader.Complete();
            return false;
        }

        long taken = 0;
        foreach (ReadOnlyMemory<byte> piece in result.Buffer)
        {
            int count = _exchange.Write(piece.Span);
            taken += count;
            if (count < piece.Length)
            {
                break;
            }
        }

        bool isAllTaken = taken == result.Buffer.Length;
        SequencePosition end = result.Buffer.GetPosition(taken);
        _response.Reader.AdvanceTo(end);
        if (isAllTaken && result.IsCompleted && !_isFaulted && !IsOver)
        {
            _response.Reader.Complete();
            _exchange.Complete();
            EndBody(new IOException("the response is complete: the rest of the request's content is dropped"));
            return false;
        }

        return isAllTaken && !result.IsCompleted;
    }

    private sealed class Work(OffloadedExchange offloaded, Action<OffloadedExchange> action) : ILoopWork
    {
        public void Run()
        {
            if (offloaded.IsOver)
            {
                return;
            }

            try
            {
                action(offloaded);
            }
#pragma warning disable CA1031 // What the code asked for wrongly (a second response, a status that is none) ends its exchange and not the loop.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                offloaded.Fail(fault);
            }

            offloaded._connection.Wake();
        }
    }

    // The exchange may be over and its object another's: what is released is the hold alone.
    private sealed class End(IExchangeHold hold) : ILoopWork
    {
        public void Run() => hold.Release();
    }
}
