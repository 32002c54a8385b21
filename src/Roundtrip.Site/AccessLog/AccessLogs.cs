using Roundtrip.Transport.Files;

namespace Roundtrip.Site.AccessLog;

/// <summary>The access logs of a process, one for each target however many hosts write to it.</summary>
/// <param name="open">Opens a target: a file's full path, <c>-</c>, or <c>|</c> and a program.</param>
/// <param name="report">See <see cref="AccessLog"/>.</param>
public sealed class AccessLogs(Func<string, ILogTarget> open, Action<string>? report) : IDisposable
{
    private readonly Dictionary<string, AccessLog> _logs = [];

    internal IEnumerable<AccessLog> All => _logs.Values;

    /// <summary>Has each log let go of a file that was moved away. Lines that come meanwhile wait, and none is lost or split.</summary>
    public void Reopen()
    {
        foreach (AccessLog log in _logs.Values)
        {
            log.Reopen();
        }
    }

    public void Dispose()
    {
        foreach (AccessLog log in _logs.Values)
        {
            log.Dispose();
        }
    }

    /// <summary>Another set has taken its place: each log ends when the last loop that writes to it has.</summary>
    public void Retire()
    {
        foreach (AccessLog log in _logs.Values)
        {
            log.Retire();
        }
    }

    /// <exception cref="Transport.TransportException">It cannot be opened.</exception>
    internal AccessLog Find(string target)
    {
        if (!_logs.TryGetValue(target, out AccessLog? log))
        {
            log = new AccessLog(open(target), report);
            _logs.Add(target, log);
        }

        return log;
    }
}
