using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>
/// The error logs of a process: one writer for each target, however many hosts write to it. A writer lives as long as the process, since what was begun under a former configuration may yet have
/// something to say; another configuration gives it a target that is opened anew.
/// </summary>
public sealed class ErrorLogs : IDisposable
{
    private readonly Dictionary<string, ErrorLogWriter> _writers = [];
    private readonly Dictionary<string, ILogTarget> _openedAnew = [];
    private Func<string, ILogTarget> _open;
    private bool _isChanging;

    /// <param name="open">Opens a target: <see cref="LogTargetOpener.Open"/>.</param>
    public ErrorLogs(Func<string, ILogTarget> open) => _open = open;

    /// <summary>The log of a host.</summary>
    /// <exception cref="Transport.TransportException">Its target cannot be opened.</exception>
    public ErrorLog Find(string target, ErrorLogOptions options)
    {
        if (!_writers.TryGetValue(target, out ErrorLogWriter? writer))
        {
            writer = new ErrorLogWriter(_open(target));
            _writers.Add(target, writer);
        }
        else if (_isChanging && !_openedAnew.ContainsKey(target))
        {
            _openedAnew.Add(target, _open(target));
        }

        return new ErrorLog(writer, options);
    }

    /// <summary>Another configuration is tried: what it finds is opened anew, and written to once it is <see cref="Take">taken</see>.</summary>
    public void Try(Func<string, ILogTarget> open) => (_open, _isChanging) = (open, true);

    /// <summary>The configuration that was tried is the one now.</summary>
    public void Take()
    {
        foreach ((string target, ILogTarget opened) in _openedAnew)
        {
            _writers[target].GoOver(opened);
        }

        _openedAnew.Clear();
        _isChanging = false;
    }

    /// <summary>The configuration that was tried cannot be used.</summary>
    public void Leave()
    {
        foreach (ILogTarget opened in _openedAnew.Values)
        {
            opened.Dispose();
        }

        _openedAnew.Clear();
        _isChanging = false;
    }

    /// <summary>Has each log let go of a file that was moved away.</summary>
    public void Reopen()
    {
        foreach (ErrorLogWriter writer in _writers.Values)
        {
            writer.Reopen();
        }
    }

    /// <summary>Writes what is queued and ends.</summary>
    public void Dispose()
    {
        foreach (ErrorLogWriter writer in _writers.Values)
        {
            writer.Dispose();
        }
    }
}
