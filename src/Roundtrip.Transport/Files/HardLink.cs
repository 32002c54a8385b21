using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>A second name of a file.</summary>
public static class HardLink
{
    /// <summary>Makes <paramref name="link"/> a name of <paramref name="file"/>, in place of what had it.</summary>
    /// <returns>Null, or why that cannot be.</returns>
    public static string? Replace(string file, string link)
    {
        const int Enoent = 2;
        return Libc.Unlink(link) < 0 && Marshal.GetLastPInvokeError() is var errno and not Enoent ? Libc.ErrorText(errno)
            : Libc.Link(file, link) < 0 ? Libc.ErrorText(Marshal.GetLastPInvokeError())
            : null;
    }
}
