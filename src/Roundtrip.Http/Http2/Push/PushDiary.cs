namespace Roundtrip.Http.Http2;

/// <summary>
/// The paths that a connection's client has: those that it asked for and those that were promised to it, so that nothing is sent twice. It keeps hashes, and so many of the last: two paths
/// with one hash cost a push that does not happen.
/// </summary>
internal sealed class PushDiary(int size)
{
    private readonly HashSet<ulong> _known = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>Notes a path.</summary>
    /// <returns>False where it was there already, or the diary keeps nothing.</returns>
    public bool TryAdd(ReadOnlySpan<byte> path)
    {
        ulong hash = Hash(path);
        if (size == 0 || !_known.Add(hash))
        {
            return false;
        }

        _order.Enqueue(hash);
        if (_order.Count > size)
        {
            _known.Remove(_order.Dequeue());
        }

        return true;
    }

    // FNV-1a, 64 bits.
    private static ulong Hash(ReadOnlySpan<byte> path)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in path)
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return hash;
    }
}
