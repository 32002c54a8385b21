using Roundtrip.Processes;
using Roundtrip.Processes.Spawning;
using Roundtrip.Server;

namespace Roundtrip.Site.Wsgi.Processes;

/// <content>What is written of workers.</content>
public sealed partial class WorkerPools
{
    private const string Module = "wsgi";

    // The log has all lines already; the report repeats what tells why.
    private const int LinesOfReport = 3;

    private const string TooSlowToEnd = "it did not end in shutdown-timeout";

    // Of worker.py, whose own clock may say so before the server's.
    private const int TooSlowCode = 124;

    // Null before a configuration is served.
    private ErrorLog? LogOf(RunningGroup group)
    {
        IReadOnlyList<ErrorLog> logs = Volatile.Read(ref _logs);
        return group.Definition.Host < logs.Count ? logs[group.Definition.Host] : logs is [ErrorLog first, ..] ? first : null;
    }

    private void Say(RunningGroup group, LogLevel level, string text) => LogOf(group)?.Write(level, Module, null, text);

    // wsgi.errors and print: mod_wsgi has them at this level.
    private void WriteLine(RunningWorker worker, long request, string text) =>
        ((request > 0 ? worker.Group.Pool.LogOf(request) : null) ?? LogOf(worker.Group))?.Write(LogLevel.Error, Module, null, text);

    private void WriteEnd(RunningWorker worker, ExitStatus status)
    {
        int busy = worker.Process?.Busy ?? 0;

        // It was told to end and has. The last answers of one that leaves may not have been read yet.
        if (status.IsSuccess && (worker.IsLeaving || (busy == 0 && worker.Life.Phase is WorkerPhase.Ending or WorkerPhase.Draining)))
        {
            Say(worker.Group, worker.IsLeaving ? LogLevel.Info : LogLevel.Debug, $"{worker.Name} has ended{(worker.IsLeaving ? ": it was sent SIGTERM" : "")}");
            return;
        }

        string when = worker.Life.ReadySince == 0 ? " before it was ready" : busy > 0 ? $" with {busy} request{(busy > 1 ? "s" : "")} in hand" : "";
        // The stacks of one that was killed for a request stand above.
        string said = worker.Fault is null && worker.Process is { Errors.Last.Count: > 0 } process ? $"; it said last: {string.Join(" / ", Telling(process.Errors.Last))}" : "";
        Say(worker.Group, LogLevel.Error, $"{worker.Name} ended{when}: {status}{Why(worker, status)}{said}");
    }

    // Of a fatal error in C code faulthandler shows all threads, and names the one that did it.
    private static IEnumerable<string> Telling(IReadOnlyCollection<string> last)
    {
        string[] lines = [.. last.Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => line.Trim())];
        int fatal = Array.FindLastIndex(lines, line => line.StartsWith("Fatal Python error", StringComparison.Ordinal));
        int current = Array.FindLastIndex(lines, line => line.StartsWith("Current thread", StringComparison.Ordinal));
        return fatal >= 0 && current > fatal ? [lines[fatal], .. lines.Skip(current + 1).Take(LinesOfReport - 1)] : lines.TakeLast(LinesOfReport);
    }

    private static string Why(RunningWorker worker, ExitStatus status)
    {
        WorkerGroupDefinition definition = worker.Group.Definition;
        return worker.Cause is { } cause ? $": {cause}"
            : status.Code == TooSlowCode && worker.Life.Phase == WorkerPhase.Ending ? $": {TooSlowToEnd}"
            : status.Signal == SignalNumber.ProcessorTime && definition.CpuTimeLimit > TimeSpan.Zero ? ": it had its cpu-time-limit"
            : definition.MemoryLimit > 0 && worker.Process is { } process && process.Errors.Last.Any(IsOfMemory) ? ": it had its memory-limit"
            : status.Signal == SignalNumber.Kill ? ": not by this server; by the system for want of memory, perhaps"
            : "";
    }

    private static bool IsOfMemory(string line) =>
        line.Contains("MemoryError", StringComparison.Ordinal) || line.Contains("Cannot allocate memory", StringComparison.OrdinalIgnoreCase) || line.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
}
