using System.Globalization;

namespace Roundtrip.Server.Logs;

/// <summary>The number of the calling thread as the system has it (gettid), for log lines: looked up once a thread.</summary>
public static class SystemThread
{
    [ThreadStatic]
    private static long _id;

    public static long Id => _id != 0 ? _id : _id = Read();

    // proc(5): /proc/thread-self is a link to "PID/task/TID".
    private static long Read()
    {
        string target = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)?.FullName ?? "";
        return long.TryParse(target[(target.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            ? id
            : Environment.CurrentManagedThreadId;
    }
}
