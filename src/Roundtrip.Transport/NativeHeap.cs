using System.Runtime.InteropServices;

namespace Roundtrip.Transport;

/// <summary>The C library's heap, in which OpenSSL keeps what it has of each connection.</summary>
public static partial class NativeHeap
{
    /// <summary>Gives the system the pages that are free between what lives: malloc_trim(3). It holds up whoever allocates meanwhile.</summary>
    public static void Trim()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // It is glibc's own.
        }
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
