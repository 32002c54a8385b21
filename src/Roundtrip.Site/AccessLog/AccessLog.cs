using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.AccessLog;

/// <summary>
/// The access log of a process: each loop has a buffer, and one thread writes what the buffers hand over, merged into the order in which exchanges ended.
/// A full disk or a dead pipe costs lines, which are counted, and never time on a loop.
/// </summary>
public sealed class AccessLog : IDisposable
{
    // How long the end waits for a pipe that nobody reads.
    private const int EndPatience = 5_000;

    private readonly AutoResetEvent _wakeUp = new(false);
    private readonly LogWriter _writer;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private AccessLogBuffer[] _buffers = [];
    private volatile bool _isEnding;
    private bool _isEnded;

    /// <param name="destination">Where lines go; the log closes it.</param>
    /// <param name="report">Told, on the writer's thread, how many lines were dropped and why: at once, then at most once a minute, and at the end.</param>
    public AccessLog(ILogTarget destination, Action<string>? report)
    {
        _writer = new LogWriter(destination, report);
        _thread = new Thread(Run) { IsBackground = true, Name = "access log" };
        _thread.Start();
    }

    /// <summary>How many lines were dropped: those that could not be written, and those for which the writer was too slow.</summary>
    public long Dropped
    {
        get
        {
            long dropped = _writer.Dropped;
            foreach (AccessLogBuffer buffer in Volatile.Read(ref _buffers))
            {
                dropped += buffer.Dropped;
            }

            return dropped;
        }
    }

    /// <summary>Makes a loop's buffer.</summary>
    public AccessLogBuffer CreateBuffer(EventLoop loop)
    {
        var buffer = new AccessLogBuffer(this, loop);
        lock (_lock)
        {
            Volatile.Write(ref _buffers, [.. _buffers, buffer]);
        }

        return buffer;
    }

    /// <summary>Writes what was handed over and ends; who calls it meanwhile waits for the same end. The loops have ended before.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isEnded)
            {
                _isEnded = true;
                End();
            }
        }
    }

    internal void Wake() => _wakeUp.Set();

    private void End()
    {
        _isEnding = true;
        _wakeUp.Set();
        if (_thread.Join(EndPatience))
        {
            _writer.Dispose();
            _wakeUp.Dispose();
        }
        else
        {
            _writer.ReportStuck();
        }
    }

    private void Run()
    {
        bool isEnding;
        do
        {
            _wakeUp.WaitOne(_writer.Patience(Dropped));
            isEnding = _isEnding;
            _writer.Write(Volatile.Read(ref _buffers), isEnding);
            _writer.ReportDropped(Dropped, isEnding);
        }
        while (!isEnding);
    }
}
