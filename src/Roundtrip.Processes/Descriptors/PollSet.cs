using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>poll(2) over descriptors that are gathered anew for each wait: <see cref="Clear"/>, <see cref="Add(OwnedDescriptor)"/> each, <see cref="Wait"/>, then ask <see cref="IsReady"/>.</summary>
public sealed unsafe class PollSet
{
    private readonly List<Libc.PollEntry> _entries = [];

    public void Clear() => _entries.Clear();

    /// <summary>Waits for something to read at it, or its end.</summary>
    public void Add(OwnedDescriptor descriptor) => Add(descriptor, Libc.PollIn);

    /// <summary>Waits for room to send, something to read, or its end.</summary>
    public void AddWriter(OwnedDescriptor descriptor) => Add(descriptor, Libc.PollIn | Libc.PollOut);

    internal void Add(OwnedDescriptor descriptor, short events) =>
        _entries.Add(new Libc.PollEntry { Descriptor = descriptor.Number, Wanted = events });

    /// <summary>Waits until a descriptor is ready, or for <paramref name="milliseconds"/>; -1 for as long as it takes. A signal may end it early.</summary>
    /// <exception cref="ProcessException">poll failed.</exception>
    public void Wait(int milliseconds)
    {
        Span<Libc.PollEntry> entries = CollectionsMarshal.AsSpan(_entries);
        fixed (Libc.PollEntry* first = entries)
        {
            if (Libc.Poll(first, entries.Length, milliseconds) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                foreach (ref Libc.PollEntry entry in entries)
                {
                    entry.Found = 0;
                }

                if (errno != Errno.Eintr)
                {
                    throw new ProcessException(SystemError.Of("poll", errno));
                }
            }
        }
    }

    public bool IsReady(OwnedDescriptor descriptor)
    {
        int number = descriptor.Number;
        foreach (Libc.PollEntry entry in _entries)
        {
            if (entry.Descriptor == number)
            {
                return entry.Found != 0;
            }
        }

        return false;
    }

    /// <summary>Waits for one descriptor until a time.</summary>
    /// <param name="until">In milliseconds of <see cref="Environment.TickCount64"/>.</param>
    /// <returns>Whether it is ready.</returns>
    internal static bool WaitFor(OwnedDescriptor descriptor, short events, long until)
    {
        var set = new PollSet();
        set.Add(descriptor, events);
        while (true)
        {
            long left = until - Environment.TickCount64;
            set.Wait((int)Math.Clamp(left, 0, int.MaxValue));
            if (set.IsReady(descriptor))
            {
                return true;
            }

            if (left <= 0)
            {
                return false;
            }
        }
    }
}
