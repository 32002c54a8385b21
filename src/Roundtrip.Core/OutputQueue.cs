using System.Buffers;

namespace Roundtrip.Core;

/// <summary>
/// What is to be sent on one connection, in order: bytes copied into pooled buffers, shared arrays that are sent where they lie, and
/// stretches of files. Writers append at the tail; the transport reads <see cref="Segments"/> and calls <see cref="Consume"/>.
/// One loop owns it.
/// </summary>
/// <param name="pool">Where its buffers come from.</param>
/// <param name="copyLimit">Shared arrays of up to so many bytes are copied. 0 for a queue whose bytes will move on to another (<see cref="MoveTo"/>): one copy is enough.</param>
public sealed class OutputQueue(BufferPool pool, int copyLimit = OutputQueue.CopyLimit) : IBufferWriter<byte>
{
    /// <summary>Shared arrays up to this many bytes are copied: that is cheaper than one more vector for the kernel.</summary>
    public const int CopyLimit = 4096;

    private OutputSegment[] _segments = new OutputSegment[4];
    private int _head;
    private int _count;

    // The array at the tail that still has room behind the last segment, and where that room begins. It belongs to the last segment.
    private byte[]? _tail;
    private int _tailUsed;

    /// <summary>How many bytes wait, files included.</summary>
    public long Length { get; private set; }

    /// <summary>How many of the first bytes must stay as they are: who sends them has encrypted them already, and says so after each attempt to send.</summary>
    public int Fixed { get; set; }

    /// <summary>How many bytes were ever consumed. Never reset: a driver tells progress by it.</summary>
    public long Consumed { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>What waits, first to go first. Every segment has at least one byte.</summary>
    public ReadOnlySpan<OutputSegment> Segments => _segments.AsSpan(_head, _count);

    /// <summary>Gives room for at least <paramref name="sizeHint"/> bytes (1 to 16384) at the tail.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, BufferPool.SegmentSize);
        if (_tail is null || _tail.Length - _tailUsed < Math.Max(sizeHint, 1))
        {
            _tail = pool.Rent();
            _tailUsed = 0;
        }

        return _tail.AsSpan(_tailUsed);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int length = GetSpan(sizeHint).Length;
        return _tail.AsMemory(_tailUsed, length);
    }

    /// <summary>Says that <paramref name="count"/> bytes of the room were filled.</summary>
    public void Advance(int count)
    {
        if (count == 0)
        {
            return;
        }

        byte[] tail = _tail ?? throw new InvalidOperationException("Advance before GetSpan.");
        if (_count > 0 && ReferenceEquals(_segments[_head + _count - 1].Memory, tail))
        {
            _segments[_head + _count - 1].Length += count;
        }
        else
        {
            DisownTail();
            Push(new OutputSegment { Memory = tail, Offset = _tailUsed, Length = count, IsRented = true });
        }

        _tailUsed += count;
        Length += count;
    }

    /// <summary>Copies <paramref name="bytes"/> to the tail.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = GetSpan();
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>
    /// Appends bytes of a pinned array that nobody will change any more. Short ones are copied, long ones are sent from where they lie.
    /// </summary>
    public void WriteShared(byte[] pinned, int offset, int count)
    {
        if (count <= copyLimit)
        {
            Write(pinned.AsSpan(offset, count));
            return;
        }

        if (count == 0)
        {
            return;
        }

        Push(new OutputSegment { Memory = pinned, Offset = offset, Length = count, IsShared = true });
        Length += count;
    }

    /// <summary>Appends a stretch of a file and takes a reference to it until it is sent.</summary>
    public void WriteFile(FileBody file, long offset, long count)
    {
        if (count == 0)
        {
            return;
        }

        file.AddReference();
        Push(new OutputSegment { File = file, Offset = offset, Length = count });
        Length += count;
    }

    /// <summary>Puts a pinned array that nobody will change any more in front of the last bytes that wait.</summary>
    /// <param name="behind">How many bytes stay behind it.</param>
    /// <returns>False where that would be among the <see cref="Fixed"/> ones.</returns>
    public bool TryInsert(byte[] pinned, long behind)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(behind, Length);
        if (Length - behind < Fixed)
        {
            return false;
        }

        int index = _count;
        for (; behind > 0; behind -= _segments[_head + index].Length)
        {
            index--;
        }

        // The place is within a segment: what stands behind it becomes one of its own, and returns the buffer.
        if (behind < 0)
        {
            OutputSegment rest = _segments[_head + index];
            rest.File?.AddReference();
            ref OutputSegment first = ref _segments[_head + index];
            (first.Length, first.IsRented) = (-behind, false);
            (rest.Offset, rest.Length) = (rest.Offset - behind, rest.Length + behind);
            InsertAt(++index, rest);
        }

        InsertAt(index, new OutputSegment { Memory = pinned, Length = pinned.Length, IsShared = true });
        Length += pinned.Length;
        return true;
    }

    /// <summary>Says that the first <paramref name="count"/> bytes were sent.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        Length -= count;
        Consumed += count;
        while (count > 0)
        {
            ref OutputSegment first = ref _segments[_head];
            if (count < first.Length)
            {
                first.Offset += count;
                first.Length -= count;
                return;
            }

            count -= first.Length;
            ReleaseFirst();
        }
    }

    /// <summary>Moves the first <paramref name="count"/> bytes to the tail of another queue: short ones are copied, and so is what stands in our own buffers.</summary>
    public void MoveTo(OutputQueue target, long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        while (count > 0)
        {
            ref readonly OutputSegment first = ref _segments[_head];
            long piece = Math.Min(first.Length, count);
            if (first.File is { } file)
            {
                target.WriteFile(file, first.Offset, piece);
            }
            else if (first.IsShared)
            {
                target.WriteShared(first.Memory!, (int)first.Offset, (int)piece);
            }
            else
            {
                target.Write(first.Span[..(int)piece]);
            }

            Consume(piece);
            count -= piece;
        }
    }

    /// <summary>Takes the first bytes out, as many as there are and <paramref name="destination"/> has room for. There must be no file among them.</summary>
    public int Read(Span<byte> destination)
    {
        int taken = 0;
        while (taken < destination.Length && _count > 0)
        {
            ReadOnlySpan<byte> first = _segments[_head].Span;
            int piece = Math.Min(first.Length, destination.Length - taken);
            first[..piece].CopyTo(destination[taken..]);
            Consume(piece);
            taken += piece;
        }

        return taken;
    }

    /// <summary>Drops everything that waits.</summary>
    public void Clear()
    {
        while (_count > 0)
        {
            Length -= _segments[_head].Length;
            ReleaseFirst();
        }

        Fixed = 0;

        // A tail without a segment: rented, and nothing was written to it.
        if (_tail is not null)
        {
            pool.Return(_tail);
            _tail = null;
        }
    }

    // The tail's array may serve several segments, with shared ones between them: only the last of them returns it.
    private void DisownTail()
    {
        for (int i = _head + _count - 1; _tailUsed > 0 && i >= _head; i--)
        {
            if (ReferenceEquals(_segments[i].Memory, _tail))
            {
                _segments[i].IsRented = false;
                return;
            }
        }
    }

    private void ReleaseFirst()
    {
        OutputSegment first = _segments[_head];
        _segments[_head] = default;
        _count--;
        _head = _count == 0 ? 0 : _head + 1;

        first.File?.ReleaseReference();
        if (first.IsRented)
        {
            if (ReferenceEquals(first.Memory, _tail))
            {
                _tail = null;
            }

            pool.Return(first.Memory!);
        }
    }

    private void InsertAt(int index, in OutputSegment segment)
    {
        Push(segment);
        Span<OutputSegment> behind = _segments.AsSpan(_head + index, _count - index);
        behind[..^1].CopyTo(behind[1..]);
        behind[0] = segment;
    }

    private void Push(in OutputSegment segment)
    {
        if (_head + _count == _segments.Length)
        {
            if (_head > 0)
            {
                _segments.AsSpan(_head, _count).CopyTo(_segments);
                _segments.AsSpan(_count, _head).Clear();
                _head = 0;
            }
            else
            {
                Array.Resize(ref _segments, _segments.Length * 2);
            }
        }

        _segments[_head + _count++] = segment;
    }
}
