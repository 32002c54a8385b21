namespace Roundtrip.Transport.Epoll;

/// <summary>
/// Gives each watched source a slot number and a generation, which together are the 64 bits that the kernel gives back with an event.
/// A descriptor that is closed and opened again within one batch has another generation, so that an event for the old one finds nobody.
/// </summary>
internal sealed class SlotTable
{
    private IEpollSource?[] _sources = new IEpollSource?[64];
    private uint[] _generations = new uint[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;

    public int Count => _used - _freeCount;

    /// <returns>The key of the new slot.</returns>
    public ulong Add(IEpollSource source)
    {
        int slot;
        if (_freeCount > 0)
        {
            slot = _free[--_freeCount];
        }
        else
        {
            if (_used == _sources.Length)
            {
                Array.Resize(ref _sources, _used * 2);
                Array.Resize(ref _generations, _used * 2);
                Array.Resize(ref _free, _used * 2);
            }

            slot = _used++;
        }

        _sources[slot] = source;
        return (ulong)_generations[slot] << 32 | (uint)slot;
    }

    public IEpollSource? Find(ulong key)
    {
        uint slot = (uint)key;
        return slot < (uint)_used && _generations[slot] == (uint)(key >> 32) ? _sources[slot] : null;
    }

    public void Remove(ulong key)
    {
        if (Find(key) is not null)
        {
            int slot = (int)(uint)key;
            _sources[slot] = null;
            _generations[slot]++;
            _free[_freeCount++] = slot;
        }
    }

    /// <summary>Every source there is, for the end of the loop.</summary>
    public IEnumerable<IEpollSource> All() => [.. _sources.OfType<IEpollSource>()];
}
