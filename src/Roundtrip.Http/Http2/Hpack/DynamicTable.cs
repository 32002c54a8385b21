using System.Numerics;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// The dynamic table (RFC 7541 sections 2.3.2 and 4): fields in a ring of bytes, the newest at index 0 and the oldest evicted first. It holds no
/// memory before the first insertion.
/// </summary>
/// <typeparam name="TTag">What the owner keeps with each entry.</typeparam>
internal sealed class DynamicTable<TTag>(int maximumSize)
    where TTag : unmanaged
{
    private const int FirstEntries = 8;
    private const int FirstBytes = 256;

    // Both rings have a power of two as size. Positions count on and are masked when used.
    private Entry[] _entries = [];
    private byte[] _bytes = [];
    private uint _entriesEnd;
    private uint _bytesEnd;
    private int _textLength;

    public int Count { get; private set; }

    /// <summary>RFC 7541 section 4.1: the sum over all entries of name, value and 32 bytes.</summary>
    public int Size => _textLength + (Count * FieldSection.FieldOverhead);

    /// <summary>What <see cref="Size"/> is held to.</summary>
    public int MaximumSize { get; private set; } = maximumSize;

    /// <summary>Changes whenever an index may stand for another entry than before, or more may fit.</summary>
    public long Version { get; private set; }

    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ref readonly Entry At(int index) => ref _entries[(_entriesEnd - 1 - (uint)index) & (uint)(_entries.Length - 1)];

    /// <summary>RFC 7541 section 4.3: evicts what is too much.</summary>
    public void Resize(int maximumSize)
    {
        MaximumSize = maximumSize;
        Version++;
        Evict(maximumSize);
    }

    /// <summary>Whether a field of this name and value is small enough to be an entry.</summary>
    public bool Fits(int nameLength, int valueLength) => (long)nameLength + valueLength + FieldSection.FieldOverhead <= MaximumSize;

    /// <summary>
    /// RFC 7541 section 4.4. A field that does not fit empties the table, and is no entry.
    /// </summary>
    /// <param name="name">Never bytes of this table.</param>
    public void Insert(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, TTag tag)
    {
        if (!Fits(name.Length, value.Length))
        {
            Clear();
            return;
        }

        Evict(MaximumSize - name.Length - value.Length - FieldSection.FieldOverhead);
        Reserve(name.Length + value.Length);
        uint start = _bytesEnd;
        Write(name);
        Write(value);
        _entries[_entriesEnd++ & (uint)(_entries.Length - 1)] = new Entry(start, name.Length, value.Length, tag);
        Count++;
        Version++;
    }

    /// <summary>Empties the table (RFC 7541 section 4.4: an entry too large for it does so).</summary>
    public void Clear() => Evict(0);

    /// <summary>Copies an entry's name and, behind it, as much of its value as <paramref name="to"/> has room for.</summary>
    public void CopyTo(in Entry entry, Span<byte> to)
    {
        int start = (int)(entry.Start & (uint)(_bytes.Length - 1));
        int first = _bytes.Length - start;
        if (to.Length <= first)
        {
            _bytes.AsSpan(start, to.Length).CopyTo(to);
            return;
        }

        _bytes.AsSpan(start, first).CopyTo(to);
        _bytes.AsSpan(0, to.Length - first).CopyTo(to[first..]);
    }

    /// <summary>Whether an entry has this name.</summary>
    public bool HasName(in Entry entry, ReadOnlySpan<byte> name) => entry.NameLength == name.Length && AreAt(entry.Start, name);

    /// <summary>Whether an entry has this value.</summary>
    public bool HasValue(in Entry entry, ReadOnlySpan<byte> value) =>
        entry.ValueLength == value.Length && AreAt(entry.Start + (uint)entry.NameLength, value);

    private bool AreAt(uint position, ReadOnlySpan<byte> bytes)
    {
        int start = (int)(position & (uint)(_bytes.Length - 1));
        int first = _bytes.Length - start;
        if (bytes.Length <= first)
        {
            return bytes.SequenceEqual(_bytes.AsSpan(start, bytes.Length));
        }

        return bytes[..first].SequenceEqual(_bytes.AsSpan(start, first))
               && bytes[first..].SequenceEqual(_bytes.AsSpan(0, bytes.Length - first));
    }

    private void Evict(int size)
    {
        while (Size > size)
        {
            ref readonly Entry oldest = ref At(Count - 1);
            _textLength -= oldest.NameLength + oldest.ValueLength;
            Count--;
            Version++;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        int start = (int)(_bytesEnd & (uint)(_bytes.Length - 1));
        int first = Math.Min(bytes.Length, _bytes.Length - start);
        bytes[..first].CopyTo(_bytes.AsSpan(start));
        bytes[first..].CopyTo(_bytes);
        _bytesEnd += (uint)bytes.Length;
        _textLength += bytes.Length;
    }

    private void Reserve(int length)
    {
        if (_textLength + length > _bytes.Length)
        {
            GrowBytes(_textLength + length);
        }

        if (Count == _entries.Length)
        {
            GrowEntries();
        }
    }

    private void GrowBytes(int needed)
    {
        byte[] larger = new byte[Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)needed), FirstBytes)];
        uint oldest = _bytesEnd - (uint)_textLength;
        for (uint position = oldest; position != _bytesEnd;)
        {
            int from = (int)(position & (uint)(_bytes.Length - 1));
            int to = (int)(position & (uint)(larger.Length - 1));
            int run = Math.Min(Math.Min(_bytes.Length - from, larger.Length - to), (int)(_bytesEnd - position));
            _bytes.AsSpan(from, run).CopyTo(larger.AsSpan(to));
            position += (uint)run;
        }

        _bytes = larger;
    }

    private void GrowEntries()
    {
        var larger = new Entry[Math.Max(_entries.Length * 2, FirstEntries)];
        for (uint position = _entriesEnd - (uint)Count; position != _entriesEnd; position++)
        {
            larger[position & (uint)(larger.Length - 1)] = _entries[position & (uint)(_entries.Length - 1)];
        }

        _entries = larger;
    }

    /// <summary>Where an entry's name and value stand in the ring, one behind the other.</summary>
    internal readonly record struct Entry(uint Start, int NameLength, int ValueLength, TTag Tag);
}
