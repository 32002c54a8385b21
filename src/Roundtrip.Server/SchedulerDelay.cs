using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Roundtrip.Server;

/// <summary>
/// How long the current thread was ready to run and waited for a processor: the second number of <c>/proc/thread-self/schedstat</c>, in nanoseconds
/// (Documentation/scheduler/sched-stats.rst). It tells a handler that blocked its loop from a machine that was busy.
/// </summary>
internal sealed class SchedulerDelay : IDisposable
{
    private readonly SafeFileHandle? _file;

    /// <summary>Made on the thread whose delay it reads.</summary>
    public SchedulerDelay()
    {
        try
        {
            _file = File.OpenHandle("/proc/thread-self/schedstat");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A kernel without CONFIG_SCHED_INFO has no such file, and a process may have no descriptor left: then every delay counts as the handler's.
        }
    }

    /// <summary>The delay so far, in milliseconds.</summary>
    public long Read()
    {
        if (_file is null)
        {
            return 0;
        }

        Span<byte> text = stackalloc byte[96];
        text = text[..RandomAccess.Read(_file, text, 0)];
        text = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(text, out long nanoseconds, out _) ? nanoseconds / 1_000_000 : 0;
    }

    public void Dispose() => _file?.Dispose();
}
