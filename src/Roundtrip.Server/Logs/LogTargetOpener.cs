using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>Opens the targets of logs: files, standard error, rotated files, syslog. Other programs than rotatelogs are a supervisor's to start.</summary>
/// <param name="report">Told, on a log's own thread, what goes wrong with a rotated file later on.</param>
public sealed class LogTargetOpener(Action<string>? report)
{
    private const int StandardError = 2;

    /// <param name="target">A file's full path, <c>-</c>, <c>|</c> and a program, or <c>syslog</c> with what is behind it.</param>
    /// <exception cref="TransportException">It cannot be opened; the message says why.</exception>
    public ILogTarget Open(string target) =>
        target == "-" ? AppendFile.Over(StandardError)
        : target.StartsWith('|') ? OpenProgram(target)
        : target.StartsWith('/') ? AppendFile.Open(target)
        : SyslogTarget.Open(target);

    private RotatingFile OpenProgram(string target) =>
        RotationRule.TryParse(target, out RotationRule? rule) ? RotatingFile.Open(rule, TimeProvider.System, report)
        : throw new TransportException($"cannot start {target}: programs for logs need the supervisor");
}
