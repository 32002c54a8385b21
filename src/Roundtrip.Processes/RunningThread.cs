namespace Roundtrip.Processes;

/// <summary>What proc(5) says of a thread.</summary>
public static class RunningThread
{
    /// <summary>Whether it has a processor, or waits for nothing else. False where there is no such thread, or this process may not know.</summary>
    /// <param name="number">Its number in the system, or the process's for its first.</param>
    public static bool Is(long number)
    {
        Span<byte> line = stackalloc byte[256];
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle($"/proc/{number}/stat");
            line = line[..RandomAccess.Read(file, line, 0)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // Behind the name, which may have anything in it.
        int end = line.LastIndexOf(") "u8);
        return end >= 0 && line[(end + 2)..] is [(byte)'R', ..];
    }
}
