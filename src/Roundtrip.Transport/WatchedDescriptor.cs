using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>
/// A descriptor that is no network connection and that a loop watches: a pipe, a local socket, a pidfd. Try first, and <see cref="Await"/> where that would block. All of it belongs to the loop's thread.
/// </summary>
public abstract class WatchedDescriptor : IDisposable
{
    /// <summary>Has the sink told once when it can be read or written, or is no longer of use. A second call before that replaces the first.</summary>
    public abstract void Await(bool read, bool write);

    /// <summary>Reads what there is. The other end's end is <see cref="IoStatus.End"/>; what breaks off is <see cref="IoStatus.Failed"/>.</summary>
    public abstract IoResult Read(Span<byte> buffer);

    /// <summary>Reads what there is of a local socket, and takes the descriptor that came with it.</summary>
    /// <param name="passed">The caller's to close; null where none came. Of several in one message only the first is taken.</param>
    public abstract IoResult Receive(Span<byte> buffer, out SafeFileHandle? passed);

    /// <summary>Writes what there is room for. A reader that is gone is <see cref="EndReason.PeerClosed"/>.</summary>
    public abstract IoResult Write(ReadOnlySpan<byte> bytes);

    /// <summary>Forgets and closes it. The sink is not told any more.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
