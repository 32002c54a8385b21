using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Logs;

/// <summary>Opens the targets of logs: files, standard error, rotated files, syslog, and programs where there is something that starts them.</summary>
/// <param name="startProgram">Starts the program of a target such as <c>|/bin/cat</c> and gives what writes to its pipe; null where none can be started.</param>
/// <param name="report">Told, on a log's own thread, what goes wrong with a rotated file later on.</param>
public sealed class LogTargetOpener(Func<string, ILogTarget>? startProgram, Action<string>? report)
{
    private const int StandardError = 2;

    /// <param name="target">A file's full path, <c>-</c>, <c>|</c> and a program, or <c>syslog</c> with what is behind it.</param>
    /// <exception cref="TransportException">It cannot be opened; the message says why.</exception>
    public ILogTarget Open(string target) =>
        target == "-" ? AppendFile.Over(StandardError)
        : target.StartsWith('|') ? OpenProgram(target)
        : target.StartsWith('/') ? AppendFile.Open(target)
        : SyslogTarget.Open(target);

    private ILogTarget OpenProgram(string target) =>
        RotationRule.TryParse(target, out RotationRule? rule) ? RotatingFile.Open(rule, TimeProvider.System, report)
        : startProgram is not null ? startProgram(target)
        : throw new TransportException($"cannot start {target}: programs for logs need the supervisor");
}
