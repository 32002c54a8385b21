using Roundtrip.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>
/// Which descriptors connections may have. The highest numbers below the process's limit are kept for the rest of it: without one a file cannot be opened, and the runtime ends the
/// process when it cannot start a thread. The kernel always gives the lowest free number, so a connection that gets one of these is one too many.
/// </summary>
internal static unsafe class DescriptorLimit
{
    private const int Kept = 64;

    /// <summary>The first number that no connection may have. The runtime raises the soft limit to the hard one when it starts.</summary>
    public static readonly int Connections = Read();

    private static int Read()
    {
        Libc.ResourceLimit limit;
        EpollLoop.Check(Libc.GetResourceLimit(Libc.RlimitNofile, &limit), "getrlimit");
        int all = (int)Math.Min(limit.Soft, int.MaxValue);
        return all - Math.Min(Kept, all / 4);
    }
}
