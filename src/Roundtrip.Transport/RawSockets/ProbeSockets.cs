using Roundtrip.Interop;

namespace Roundtrip.Transport.RawSockets;

/// <summary>Waits for any of several sockets.</summary>
public static unsafe class ProbeSockets
{
    /// <summary>Waits until one of them has something, or the time is over.</summary>
    /// <param name="nanoseconds">At most; rounded up to the system's milliseconds, below one the caller spins.</param>
    public static void Wait(IReadOnlyList<ProbeSocket> sockets, bool forConnections, long nanoseconds)
    {
        var entries = new Libc.PollEntry[sockets.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new Libc.PollEntry { Descriptor = sockets[i].Descriptor, Wanted = forConnections ? Libc.PollOut : Libc.PollIn };
        }

        fixed (Libc.PollEntry* p = entries)
        {
            _ = Libc.Poll(p, entries.Length, (int)Math.Clamp(nanoseconds / 1_000_000, 0, int.MaxValue));
        }
    }
}
