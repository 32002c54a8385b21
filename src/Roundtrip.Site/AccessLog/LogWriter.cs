using System.Diagnostics;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.AccessLog;

/// <summary>The writer's side of the access log, on its own thread: merges the loops' lines by their stamps and writes them.</summary>
internal sealed class LogWriter(ILogTarget destination, Action<string>? report) : IDisposable
{
    private const int ReportEvery = 60_000;
    private const int LookAgainAfter = 50;

    // A loop that has not handed over its lines for so long is blocked by a handler: the others' lines go ahead rather than be dropped.
    private static readonly long LoopPatience = Stopwatch.Frequency / 2;

    private readonly List<Source> _sources = [];
    private readonly byte[] _out = new byte[LogBlock.Size];
    private int _outLength;
    private int _outLines;
    private bool _isMidLine;
    private bool _holdsLines;
    private long _dropped;
    private long _reported;
    private long _reportedAt = long.MinValue / 2;
    private string _why = "";

    /// <summary>How many lines could not be written.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>How long to sleep unless woken, in milliseconds; -1 for as long as it takes.</summary>
    public int Patience(long dropped) => _holdsLines ? LookAgainAfter : dropped != _reported ? ReportEvery : Timeout.Infinite;

    /// <summary>Writes all lines that no line yet to come can precede; at the end, all.</summary>
    public void Write(AccessLogBuffer[] buffers, bool isEnding)
    {
        for (int i = _sources.Count; i < buffers.Length; i++)
        {
            _sources.Add(new Source(buffers[i]));
        }

        // The bound first, then the blocks: what is handed over in between has later stamps or is found.
        long bound = isEnding ? long.MaxValue : Bound();
        foreach (Source source in _sources)
        {
            source.Collect();
        }

        while (TryFindEarliest(bound, out Source? earliest, out long until))
        {
            CopyRun(earliest!, until);
        }

        Flush();
        _holdsLines = _sources.Exists(source => source.HasLines);
    }

    /// <param name="dropped">How many lines were dropped in all.</param>
    public void ReportDropped(long dropped, bool isEnding)
    {
        long now = Environment.TickCount64;
        if (dropped != _reported && (isEnding || now - _reportedAt >= ReportEvery))
        {
            string why = _why.Length > 0 ? _why : "they could not be written fast enough";
            report?.Invoke($"{dropped - _reported} lines of the access log were dropped: {why}");
            (_reported, _reportedAt, _why) = (dropped, now, "");
        }
    }

    /// <summary>The end came while a write did not return. Called on another thread.</summary>
    public void ReportStuck() => report?.Invoke("the access log's last lines were lost: nobody reads the pipe that it is written to");

    public void Dispose() => destination.Dispose();

    // No line with a stamp below this can still come.
    private long Bound()
    {
        long now = Stopwatch.GetTimestamp();
        Interlocked.MemoryBarrier();
        long bound = now;
        foreach (Source source in _sources)
        {
            long first = source.Buffer.FirstWaiting;
            var spin = default(SpinWait);
            while (first == AccessLogBuffer.Stamping && !spin.NextSpinWillYield)
            {
                spin.SpinOnce();
                first = source.Buffer.FirstWaiting;
            }

            if (first != AccessLogBuffer.NothingWaits && now - first < LoopPatience || first == AccessLogBuffer.Stamping)
            {
                bound = Math.Min(bound, first);
            }
        }

        return bound;
    }

    // The source whose next line is first, and the stamp up to which its lines are.
    private bool TryFindEarliest(long bound, out Source? earliest, out long until)
    {
        earliest = null;
        until = bound;
        long first = bound;
        foreach (Source source in _sources)
        {
            if (!source.HasLines)
            {
                continue;
            }

            long stamp = source.NextStamp;
            if (stamp < first)
            {
                (earliest, until, first) = (source, first, stamp);
            }
            else
            {
                until = Math.Min(until, stamp);
            }
        }

        return earliest is not null;
    }

    // At least one line, then all below the stamp.
    private void CopyRun(Source source, long until)
    {
        LogBlock block = source.Block;
        int first = block.Next;
        int end = first + 1;
        while (end < block.Lines && block.StampOf(end) < until)
        {
            end++;
        }

        ReadOnlySpan<byte> lines = block.Between(first, end);
        if (lines.Length > _out.Length - _outLength)
        {
            Flush();
        }

        lines.CopyTo(_out.AsSpan(_outLength));
        _outLength += lines.Length;
        _outLines += end - first;
        source.Advance(end);
    }

    private void Flush()
    {
        if (_outLength == 0)
        {
            return;
        }

        // A line that a failed write cut is ended first, so that the next one is whole.
        string? why = null;
        if (_isMidLine)
        {
            _isMidLine = destination.Write("\n"u8, out why) != 1;
        }

        int written = 0;
        if (!_isMidLine)
        {
            written = destination.Write(_out.AsSpan(0, _outLength), out why);
            _isMidLine = written > 0 && _out[written - 1] != '\n';
        }

        if (written < _outLength)
        {
            int whole = _out.AsSpan(0, written).Count((byte)'\n');
            Volatile.Write(ref _dropped, _dropped + _outLines - whole);
            _why = why ?? "";
        }

        _outLength = _outLines = 0;
    }

    /// <summary>One loop's blocks.</summary>
    private sealed class Source(AccessLogBuffer buffer)
    {
        private readonly Queue<LogBlock> _blocks = new();

        public AccessLogBuffer Buffer => buffer;

        public bool HasLines => _blocks.Count > 0;

        public LogBlock Block => _blocks.Peek();

        public long NextStamp => Block.StampOf(Block.Next);

        public void Collect()
        {
            while (buffer.TryTake(out LogBlock? block))
            {
                if (block!.Lines > 0)
                {
                    _blocks.Enqueue(block);
                }
                else
                {
                    buffer.GiveBack(block);
                }
            }
        }

        public void Advance(int next)
        {
            Block.Next = next;
            if (next == Block.Lines)
            {
                buffer.GiveBack(_blocks.Dequeue());
            }
        }
    }
}
