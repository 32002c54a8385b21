using Roundtrip.Server.Logs;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Serving;

/// <summary>
/// The logs of one configuration: each target is opened once, however many hosts write to it. A reload opens its own, and these are closed when the last exchange that may write to them is over.
/// </summary>
/// <param name="open">Opens a target: <see cref="LogTargetOpener.Open"/>.</param>
/// <param name="report">Told what goes wrong with access logs; see <see cref="AccessLog.AccessLog"/>.</param>
public sealed class SiteLogs(Func<string, ILogTarget> open, Action<string>? report) : IDisposable
{
    private readonly Dictionary<string, AccessLog.AccessLog> _accesses = [];
    private readonly Dictionary<string, ErrorLogWriter> _errors = [];

    /// <summary>Whether <see cref="Dispose"/> has returned.</summary>
    public bool HaveEnded { get; private set; }

    /// <summary>Writes what is queued and closes the targets, on the calling thread, which waits. May be called again, and meanwhile on another thread.</summary>
    public void Dispose()
    {
        // In this order: an access log's last words, of lines that it could not write, stand in an error log.
        foreach (AccessLog.AccessLog log in _accesses.Values)
        {
            log.Dispose();
        }

        foreach (ErrorLogWriter writer in _errors.Values)
        {
            writer.Dispose();
        }

        HaveEnded = true;
    }

    /// <exception cref="Transport.TransportException">It cannot be opened.</exception>
    internal AccessLog.AccessLog FindAccessLog(string target) => Find(_accesses, target, opened => new AccessLog.AccessLog(opened, report));

    /// <exception cref="Transport.TransportException">It cannot be opened.</exception>
    internal ErrorLogWriter FindErrorLog(string target) => Find(_errors, target, static opened => new ErrorLogWriter(opened));

    private TLog Find<TLog>(Dictionary<string, TLog> logs, string target, Func<ILogTarget, TLog> begin)
    {
        if (!logs.TryGetValue(target, out TLog? log))
        {
            log = begin(open(target));
            logs.Add(target, log);
        }

        return log;
    }
}
