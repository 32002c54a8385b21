using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>The error logs of a process: one writer for each target, however many hosts write to it.</summary>
/// <param name="open">Opens a target: <see cref="LogTargetOpener.Open"/>.</param>
public sealed class ErrorLogs(Func<string, ILogTarget> open) : IDisposable
{
    private readonly Dictionary<string, ErrorLogWriter> _writers = [];

    /// <summary>The log of a host.</summary>
    /// <exception cref="Transport.TransportException">Its target cannot be opened.</exception>
    public ErrorLog Find(string target, ErrorLogOptions options)
    {
        if (!_writers.TryGetValue(target, out ErrorLogWriter? writer))
        {
            writer = new ErrorLogWriter(open(target));
            _writers.Add(target, writer);
        }

        return new ErrorLog(writer, options);
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
