using System.Collections.Concurrent;
using System.Diagnostics;
using Roundtrip.Http;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.AccessLog;

/// <summary>
/// The access log on one loop: lines are written into blocks, and blocks are handed to the writer's thread when they are full or 100 ms old. When the writer has not
/// given enough of them back, lines are dropped and counted: a loop never waits.
/// </summary>
public sealed class AccessLogBuffer
{
    /// <summary>How many blocks one loop may have under way: 8 MiB.</summary>
    internal const int MaximumBlocks = 128;

    private const int HandOverAfter = 100;

    // A line that does not fit an empty block has each value cut to this many bytes.
    private const int CutValue = 1024;

    // What the writer sees of the loop between two lines: nothing waits here; a line is being stamped; or the stamp of the first line that waits.
    internal const long NothingWaits = long.MaxValue;
    internal const long Stamping = 0;

    private readonly AccessLog _log;
    private readonly EventLoop _loop;
    private readonly ConcurrentQueue<LogBlock> _full = new();
    private readonly ConcurrentQueue<LogBlock> _free = new();
    private readonly LogClock _clock = new();
    private readonly HandOverTimer _timer;
    private LogBlock? _block;
    private int _blocks;
    private long _begunAt;
    private long _firstWaiting = NothingWaits;
    private long _dropped;

    internal AccessLogBuffer(AccessLog log, EventLoop loop)
    {
        (_log, _loop) = (log, loop);
        _timer = new HandOverTimer(this);
    }

    /// <summary>How many lines found no block.</summary>
    internal long Dropped => Volatile.Read(ref _dropped);

    /// <summary>How many blocks the writer has given back and nobody fills.</summary>
    internal int FreeBlocks => _free.Count;

    /// <summary>The stamp of the first line that is not handed over; see the constants.</summary>
    internal long FirstWaiting => Volatile.Read(ref _firstWaiting);

    /// <summary>Writes the line of an exchange that has ended, if the log is to have one.</summary>
    internal void Write(Exchange exchange, SiteHost host, LogFormat format, LogCondition? condition = null)
    {
        if (condition is not null && !condition.Holds(new LogFacts(exchange, host, _loop, _clock, 0).Original))
        {
            return;
        }

        if (_block is null && !TryBegin())
        {
            return;
        }

        if (!TryWrite(exchange, host, format, int.MaxValue))
        {
            HandOver();
            if (TryBegin() && !TryWrite(exchange, host, format, int.MaxValue))
            {
                TryWrite(exchange, host, format, CutValue, mustFit: true);
            }
        }
    }

    /// <summary>Hands over what is old enough.</summary>
    public void EndOfBatch(long now)
    {
        if (_block is not null && now - _begunAt >= HandOverAfter)
        {
            HandOver();
        }
    }

    /// <summary>Hands over what is there; the loop has no more lines.</summary>
    public void EndOfLoop()
    {
        _loop.Timers.Cancel(_timer);
        HandOver();
    }

    internal bool TryTake(out LogBlock? block) => _full.TryDequeue(out block);

    internal void GiveBack(LogBlock block)
    {
        block.Clear();
        _free.Enqueue(block);
    }

    private bool TryWrite(Exchange exchange, SiteHost host, LogFormat format, int longestValue, bool mustFit = false)
    {
        LogBlock block = _block!;

        // One clock for all loops, read after the exchange's end: what a client saw happen before, is before.
        long stamp = Stopwatch.GetTimestamp();
        if (block.Lines == 0)
        {
            Volatile.Write(ref _firstWaiting, stamp);
        }

        Span<byte> room = block.Room;
        var line = new LineWriter(room, longestValue);
        format.Write(ref line, new LogFacts(exchange, host, _loop, _clock, stamp));
        if (!line.IsFull)
        {
            block.Add(line.Length, stamp);
            return true;
        }

        if (mustFit)
        {
            // Hundreds of fields in one line: what fits is what there is.
            room[line.Length - 1] = (byte)'\n';
            block.Add(line.Length, stamp);
        }

        return mustFit;
    }

    private bool TryBegin()
    {
        if (!_free.TryDequeue(out LogBlock? block))
        {
            if (_blocks == MaximumBlocks)
            {
                Volatile.Write(ref _dropped, _dropped + 1);
                return false;
            }

            block = new LogBlock();
            _blocks++;
        }

        // A full fence: a writer that still sees NothingWaits read its clock before the stamp that comes now.
        Interlocked.Exchange(ref _firstWaiting, Stamping);
        _block = block;
        _begunAt = _loop.Now;
        _loop.Timers.Schedule(_timer, _begunAt + HandOverAfter);
        return true;
    }

    private void HandOver()
    {
        if (_block is { } block)
        {
            // In this order: a writer that sees that nothing waits finds the block in the queue.
            _full.Enqueue(block);
            _block = null;
            Volatile.Write(ref _firstWaiting, NothingWaits);
            _log.Wake();
        }
    }

    // For a loop that sleeps while lines wait: it ends no batch.
    private sealed class HandOverTimer(AccessLogBuffer buffer) : TimerEntry
    {
        protected override void OnDue(long now) => buffer.EndOfBatch(now);
    }
}
