using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Roundtrip.Server;

/// <summary>
/// The error log: lines in httpd's format, written by a thread of its own, so that a loop never waits for a terminal, a pipe or a disk. When the writer
/// falls behind by more than the queue holds, lines are dropped and counted, and the count is the next line.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "A late line finds a queue that takes no more, and not a disposed one.")]
public sealed class ErrorLog : IDisposable
{
    private const int QueueLength = 4096;

    // How long the end waits, in milliseconds, for a pipe that nobody reads.
    private const int EndPatience = 5_000;

    private readonly BlockingCollection<string> _lines = new(QueueLength);
    private volatile Stream _destination;
    private readonly Thread _writer;
    private readonly Lock _writing = new();
    private long _dropped;

    /// <param name="destination">Where lines go, as UTF-8. A failing write is the end of that line and of nothing else.</param>
    public ErrorLog(Stream destination)
    {
        _destination = destination;
        _writer = new Thread(WriteLines) { IsBackground = true, Name = "error log" };
        _writer.Start();
    }

    /// <summary>Adds a line.</summary>
    /// <param name="module">Who speaks, such as <c>core</c>, <c>http</c>, <c>files</c>.</param>
    /// <param name="client">The peer's address and port, or null where none is concerned.</param>
    public void Write(LogLevel level, string module, string? client, string message)
    {
        string time = DateTime.Now.ToString("ddd MMM dd HH:mm:ss.ffffff yyyy", CultureInfo.InvariantCulture);
        string about = client is null ? "" : $" [client {client}]";
        string line = $"[{time}] [{module}:{NameOf(level)}] [pid {Environment.ProcessId}]{about} {Escape(message)}\n";
        try
        {
            if (_lines.TryAdd(line))
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

    /// <summary>Lines that are not written yet, and all that come, go to another destination. The former is closed when the line in hand is written.</summary>
    public void Reopen(Stream destination)
    {
        Stream former = _destination;
        _destination = destination;
        lock (_writing)
        {
            former.Dispose();
        }
    }

    /// <summary>Writes what is queued and ends. A pipe that nobody reads is given up after 5 s, with the lines that wait for it.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _writer.Join(EndPatience);
    }

    private void WriteLines()
    {
        foreach (string line in _lines.GetConsumingEnumerable())
        {
            long dropped = Interlocked.Exchange(ref _dropped, 0);
            TryWrite(dropped == 0 ? line : line + $"[core:warn] {dropped} lines of this log were dropped: it could not be written fast enough\n");
        }
    }

    private void TryWrite(string line)
    {
        try
        {
            lock (_writing)
            {
                Stream destination = _destination;
                destination.Write(Encoding.UTF8.GetBytes(line));
                destination.Flush();
            }
        }
        catch (IOException)
        {
            // The log itself cannot be written: there is no other place to say so. The line counts as dropped and is spoken of when it can be.
            Interlocked.Increment(ref _dropped);
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Error => "error",
        LogLevel.Warn => "warn",
        LogLevel.Notice => "notice",
        _ => "info",
    };

    // What a peer sent may stand in a message: a control character could forge a line.
    private static string Escape(string message)
    {
        if (!message.Any(char.IsControl))
        {
            return message;
        }

        var escaped = new StringBuilder(message.Length + 16);
        foreach (char c in message)
        {
            _ = char.IsControl(c) ? escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : escaped.Append(c);
        }

        return escaped.ToString();
    }
}
