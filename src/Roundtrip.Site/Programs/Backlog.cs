namespace Roundtrip.Site.Programs;

/// <summary>Bytes that wait, in order. What waits rarely takes no memory while it does not.</summary>
internal sealed class Backlog
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            bytes.CopyTo(Room(bytes.Length));
            _end += bytes.Length;
        }
    }

    /// <summary>Room for more behind them; <see cref="Grew"/> says how much was used.</summary>
    public Span<byte> Room(int least)
    {
        int length = _end - _start;
        if (_bytes.Length - _end < least)
        {
            byte[] larger = _bytes.Length >= length + least ? _bytes : new byte[Math.Max(2 * length, length + least)];
            _bytes.AsSpan(_start, length).CopyTo(larger);
            (_bytes, _start, _end) = (larger, 0, length);
        }

        return _bytes.AsSpan(_end);
    }

    public void Grew(int count) => _end += count;

    public void Take(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    public void Clear() => (_start, _end, _bytes) = (0, 0, _bytes.Length > 1024 * 1024 ? [] : _bytes);
}
