using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>
/// One stream of bytes to a peer. It belongs to one loop and is used on that loop alone. Nothing blocks: what cannot be done now says so, and
/// <see cref="SetInterest"/> asks to be told when it can. Reading and writing are independent: a connection may have either interest, both or none.
/// </summary>
public abstract class TransportConnection
{
    /// <summary>Who is told of readiness. Set before <see cref="SetInterest"/>.</summary>
    public IConnectionSink? Sink { get; set; }

    public abstract PeerAddress Remote { get; }

    public abstract PeerAddress Local { get; }

    /// <summary>What TLS agreed on; null for a plain connection and before the handshake is complete.</summary>
    public virtual TlsFacts? Tls => null;

    /// <summary>Reads into <paramref name="buffer"/>, which is not empty.</summary>
    public abstract IoResult Read(Span<byte> buffer);

    /// <summary>
    /// Sends from the head of <paramref name="queue"/> at most <paramref name="budget"/> bytes and consumes what was taken. It stops early where the peer's window is full:
    /// then the status is still <see cref="IoStatus.Done"/> if anything moved, and something is left in the queue.
    /// </summary>
    public abstract IoResult Write(OutputQueue queue, long budget);

    /// <summary>Sends all of <paramref name="queue"/> and then <paramref name="bytes"/>, as far as they leave at once, and consumes what was taken of the queue. A transport that cannot send from where bytes lie sends nothing.</summary>
    /// <returns>How many of <paramref name="bytes"/> have left. Whether the connection has failed is said by the next <see cref="Write"/>.</returns>
    public virtual int WriteThrough(OutputQueue queue, ReadOnlySpan<byte> bytes) => 0;

    /// <summary>
    /// How many bytes the network would take up now beside what was written before: what is written beyond waits in the system's buffer, where nothing more urgent can overtake it. Connections that
    /// have no such buffer take <see cref="Unhurried"/>.
    /// </summary>
    public virtual int SendRoom => Unhurried;

    /// <summary>As much as is worth writing in one go: less takes more calls, more is out of the processor's caches before the system copies it (docs/performance.md).</summary>
    protected internal const int Unhurried = 96 * 1024;

    /// <summary>
    /// Asks to be told of readability, writability, both or none. An error or reset is always told. Whoever was told, and left something to be read or room to write, asks again: nothing
    /// but news is told unasked.
    /// </summary>
    /// <param name="end">Without <paramref name="read"/>: to be told that the peer sends no more (<see cref="IConnectionSink.OnEnded"/>), whatever it sent before that is not read yet.</param>
    public abstract void SetInterest(bool read, bool write, bool end = false);

    /// <summary>Ends our side after what was written; the peer's side stays open. For TLS this sends close_notify first.</summary>
    public abstract void ShutdownWrite();

    /// <summary>Closes both sides and gives everything back. What was written still goes out. No call is made to the sink afterwards.</summary>
    public abstract void Close();

    /// <summary>Closes so that the peer sees a reset and cannot take what it got for a whole message.</summary>
    public abstract void Reset();
}
