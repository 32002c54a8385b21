using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>
/// Writes the lines of one error log's target, on a thread of its own, so that a loop never waits for a terminal, a pipe or a disk. When it falls behind by more than the queue holds, lines are
/// dropped and counted, and the count is the next line.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "A late line finds a queue that takes no more, and not a disposed one.")]
public sealed class ErrorLogWriter : IDisposable
{
    private const int QueueLength = 4096;

    // How long the end waits, in milliseconds, for a pipe that nobody reads.
    private const int EndPatience = 5_000;

    private readonly BlockingCollection<ErrorLine> _lines = new(QueueLength);
    private readonly ILogTarget _target;
    private readonly Thread _writer;
    private bool _isMidLine;
    private long _dropped;

    /// <param name="target">Where lines go, as UTF-8; the writer closes it. A failing write is the end of that line and of nothing else.</param>
    public ErrorLogWriter(ILogTarget target)
    {
        _target = target;
        _writer = new Thread(WriteLines) { IsBackground = true, Name = "error log" };
        _writer.Start();
    }

    /// <summary>Whether lines go to syslog, which has time and level of its own.</summary>
    internal bool IsSyslog => _target is SyslogTarget;

    /// <summary>Writes what is queued and ends. A pipe that nobody reads is given up after 5 s, with the lines that wait for it. May be called again, and meanwhile on another thread.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _writer.Join(EndPatience);
    }

    /// <param name="text">The line without its end.</param>
    internal void Add(LogLevel level, string text)
    {
        try
        {
            if (_lines.TryAdd(new ErrorLine(level, text)))
            {
                return;
            }
        }
        catch (InvalidOperationException)
        {
            // The log has ended, perhaps between two instructions of this thread: the line is late.
        }

        Interlocked.Increment(ref _dropped);
    }

    private void WriteLines()
    {
        using ILogTarget closed = _target;
        foreach (ErrorLine line in _lines.GetConsumingEnumerable())
        {
            Write(line);
            if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
            {
                Write(new ErrorLine(LogLevel.Warn, string.Create(CultureInfo.InvariantCulture, $"[core:warn] {dropped} lines of this log were dropped: it could not be written fast enough")), dropped);
            }
        }
    }

    // Where the log itself cannot be written there is no other place to say so. The line counts as dropped and is spoken of when it can be.
    private void Write(ErrorLine line, long lost = 1)
    {
        if (_target is SyslogTarget syslog)
        {
            if (!syslog.Send(line.Level, line.Text))
            {
                Interlocked.Add(ref _dropped, lost);
            }

            return;
        }

        // A line that a failed write cut is ended first, so that this one is whole.
        byte[] bytes = Encoding.UTF8.GetBytes(_isMidLine ? $"\n{line.Text}\n" : line.Text + "\n");
        int written = _target.Write(bytes, out _);
        if (written < bytes.Length)
        {
            _isMidLine = written > 0 ? bytes[written - 1] != '\n' : _isMidLine;
            Interlocked.Add(ref _dropped, lost);
        }
        else
        {
            _isMidLine = false;
        }
    }

    private readonly record struct ErrorLine(LogLevel Level, string Text);
}
