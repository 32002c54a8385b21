using System.Runtime;
using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>
/// Names the handler that kept its loop from all other connections for too long. The driver brackets each call into an engine with
/// <see cref="Enter"/> and <see cref="Leave"/>. The clock is the coarse one, read once for a batch of events and once for each request: a call's time begins where
/// that of the one before it ended.
/// </summary>
internal sealed class BlockedLoopDetector(LoopServer server) : IDisposable
{
    /// <summary>Milliseconds.</summary>
    public const long Tolerated = 50;

    private const long DelaySampleInterval = 100;

    private SchedulerDelay? _delay;
    private long _entered;
    private long _lastRead;
    private bool _isInBatch;
    private bool _isNoted;
    private long _delaySampledAt;
    private long _delayAtSample;
    private string? _culprit;
    private ErrorLog? _culpritsLog;

    public void Enter()
    {
        _isNoted = false;
        _entered = _isInBatch ? _lastRead : ReadClock();
        _isInBatch = true;
        if (_entered - _delaySampledAt >= DelaySampleInterval)
        {
            _delay ??= new SchedulerDelay();
            _delaySampledAt = _entered;
            _delayAtSample = Withheld();

            // The clock again, after the delay: a loop that lost its processor between the two would look as if its handler had blocked it.
            _entered = ReadClock();
        }
    }

    /// <summary>Called when an exchange was begun or ended, while its request can still be read: if the time is already up, it was this one.</summary>
    public void Note(Exchange exchange)
    {
        _isNoted = true;
        if (ReadClock() - _entered > Tolerated && _culprit is null)
        {
            RequestHead request = exchange.Request;
            _culpritsLog = server.LogOf(exchange.Connection, exchange);
            _culprit = $"{exchange.Handler?.Name ?? "the handler"} of {Encoding.Latin1.GetString(request.MethodName)} {Encoding.Latin1.GetString(request.Target)}";
        }
    }

    public void Leave()
    {
        long elapsed = (_isNoted ? _lastRead : ReadClock()) - _entered;
        if (elapsed > Tolerated)
        {
            Report(elapsed);
        }

        (_culprit, _culpritsLog) = (null, null);
    }

    /// <summary>The loop may sleep now: that is nobody's time.</summary>
    public void EndOfBatch() => _isInBatch = false;

    public void Dispose() => _delay?.Dispose();

    private long ReadClock() => _lastRead = Environment.TickCount64;

    // What is no handler's: the scheduler's delay, and what a build that is not compiled ahead of time spends on compiling what a first request needs.
    private long Withheld() => (_delay?.Read() ?? 0) + (long)JitInfo.GetCompilationTime(currentThread: true).TotalMilliseconds;

    private void Report(long elapsed)
    {
        long blocked = elapsed - (Withheld() - _delayAtSample);
        if (blocked > Tolerated)
        {
            (_culpritsLog ?? server.ErrorLog).Write(
                LogLevel.Warn,
                "core",
                null,
                $"{_culprit ?? "a handler"} blocked its loop for {blocked} ms; work that may take long belongs in an OffloadedExchange");
        }
    }
}
