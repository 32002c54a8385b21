using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one direction of a connection, in the order in which they came (RFC 7541). After an error the table is out of step
/// with the peer's: the connection must end (RFC 9113 section 4.3: COMPRESSION_ERROR).
/// </summary>
public sealed class HpackDecoder
{
    /// <summary>RFC 9113 section 6.5.2: what SETTINGS_HEADER_TABLE_SIZE is before any SETTINGS frame.</summary>
    public const int InitialTableSize = 4096;

    /// <summary>The largest table that can be allowed, in bytes as RFC 7541 section 4.1 counts them.</summary>
    public const int MaximumTableSize = FieldSection.Margin;

    /// <summary>How many bytes of names one block may have copied from entry to entry when its fields are not even kept any more.</summary>
    private const int MaximumChurn = 64 * 1024;

    private const int NoneOwed = int.MaxValue;

    private readonly DynamicTable<FieldTraits> _table;
    private int _limit;
    private int _owed = NoneOwed;
    private int _churn;

    /// <param name="maximumTableSize">
    /// What the peer may take for its table until <see cref="SetMaximumTableSize"/>: 0 to <see cref="MaximumTableSize"/>. In HTTP/2 it is
    /// <see cref="InitialTableSize"/> until the peer has acknowledged our SETTINGS.
    /// </param>
    public HpackDecoder(int maximumTableSize = InitialTableSize)
    {
        Check(maximumTableSize);
        _limit = maximumTableSize;

        // RFC 7541 §4.2: a table that may be larger than at first is so only when the encoder says that it is.
        _table = new DynamicTable<FieldTraits>(Math.Min(maximumTableSize, InitialTableSize));
    }

    /// <summary>The table, for tests that compare it with the encoder's.</summary>
    internal DynamicTable<FieldTraits> Table => _table;

    /// <summary>
    /// Says that the peer knows another SETTINGS_HEADER_TABLE_SIZE of ours: it has acknowledged it. Where its table is larger, its next block must
    /// say that it is so no longer (RFC 7541 section 4.2).
    /// </summary>
    /// <param name="size">0 to <see cref="MaximumTableSize"/>.</param>
    public void SetMaximumTableSize(int size)
    {
        Check(size);
        _limit = size;
        if (size < _table.MaximumSize)
        {
            _owed = Math.Min(_owed, size);
        }
    }

    /// <summary>Decodes a whole header block: what HEADERS and its CONTINUATION frames carried.</summary>
    /// <param name="into">Begun by the caller. What a limit keeps out of it still goes through the table.</param>
    /// <returns><see cref="EndReason.None"/>, or an error after which <paramref name="into"/> has no meaning.</returns>
    public EndReason Decode(ReadOnlySpan<byte> block, FieldSection into)
    {
        _churn = 0;
        var reader = new BlockReader(block);
        EndReason reason = ReadSizeUpdates(ref reader);
        while (reason == EndReason.None && !reader.IsAtEnd)
        {
            // RFC 7541 §6: the first bits say which representation it is.
            byte first = reader.Next;
            reason = first >= 0x80 ? ReadIndexed(ref reader, into)
                : first >= 0x40 ? ReadLiteral(ref reader, into, 6, Indexing.Incremental)
                : first >= 0x20 ? EndReason.HpackSizeUpdateInsideBlock
                : first >= 0x10 ? ReadLiteral(ref reader, into, 4, Indexing.Never)
                : ReadLiteral(ref reader, into, 4, Indexing.Without);
        }

        return reason;
    }

    /// <summary>RFC 7541 section 6.3; section 4.2: at the beginning of a block only, and there when the limit was lowered.</summary>
    private EndReason ReadSizeUpdates(ref BlockReader reader)
    {
        while (!reader.IsAtEnd && (reader.Next & 0xe0) == 0x20)
        {
            EndReason reason = reader.ReadInteger(5, out int size);
            if (reason != EndReason.None)
            {
                return reason;
            }

            if (size > _limit)
            {
                return EndReason.HpackTableTooLarge;
            }

            // The smallest limit since the last block must have been kept to, even where it was raised again.
            _owed = size <= _owed ? NoneOwed : _owed;
            _table.Resize(size);
        }

        return _owed == NoneOwed ? EndReason.None : EndReason.HpackSizeUpdateMissing;
    }

    /// <summary>RFC 7541 section 6.1.</summary>
    private EndReason ReadIndexed(ref BlockReader reader, FieldSection into)
    {
        EndReason reason = reader.ReadInteger(7, out int index);
        if (reason != EndReason.None)
        {
            return reason;
        }

        if (index is > 0 and <= StaticTable.Count)
        {
            ref readonly StaticTable.Entry entry = ref StaticTable.At(index);
            if (into.Admits(entry.NameLength, entry.ValueLength, entry.Traits.Pseudo))
            {
                StaticTable.Field(index).CopyTo(into.Room(entry.NameLength + entry.ValueLength));
                into.Keep(entry.NameLength, entry.ValueLength, entry.Traits, isNeverIndexed: false);
            }

            return EndReason.None;
        }

        // RFC 7541 §2.3.3, §6.1: 0 and what is beyond both tables are decoding errors.
        if (!IsDynamic(index))
        {
            return EndReason.HpackIndexOutOfRange;
        }

        ref readonly DynamicTable<FieldTraits>.Entry inserted = ref _table.At(index - StaticTable.Count - 1);
        if (into.Admits(inserted.NameLength, inserted.ValueLength, inserted.Tag.Pseudo))
        {
            int length = inserted.NameLength + inserted.ValueLength;
            _table.CopyTo(inserted, into.Room(length)[..length]);
            into.Keep(inserted.NameLength, inserted.ValueLength, inserted.Tag, isNeverIndexed: false);
        }

        return EndReason.None;
    }

    /// <summary>RFC 7541 section 6.2.</summary>
    private EndReason ReadLiteral(ref BlockReader reader, FieldSection into, int prefix, Indexing indexing)
    {
        StringLiteral name = default;
        EndReason reason = reader.ReadInteger(prefix, out int index);
        if (reason == EndReason.None && index == 0)
        {
            reason = reader.ReadString(out name);
        }
        else if (reason == EndReason.None && index > StaticTable.Count && !IsDynamic(index))
        {
            reason = EndReason.HpackIndexOutOfRange;
        }

        if (reason != EndReason.None)
        {
            return reason;
        }

        reason = reader.ReadString(out StringLiteral value);
        if (reason != EndReason.None)
        {
            return reason;
        }

        long bound = (index == 0 ? name.Bound : NameLengthOf(index)) + value.Bound;
        return !into.IsOverLimit && bound <= into.Unused
            ? TakeLiteral(index, name, value, into, into.Room((int)bound), indexing)
            : MeasureLiteral(index, name, value, into, indexing);
    }

    /// <summary>Decodes a field for which there is room behind the section's text.</summary>
    private EndReason TakeLiteral(int index, StringLiteral name, StringLiteral value, FieldSection into, Span<byte> room, Indexing indexing)
    {
        EndReason reason = DecodeField(index, name, value, room, out int nameLength, out int valueLength, out FieldTraits traits);
        if (reason != EndReason.None)
        {
            return reason;
        }

        if (indexing == Indexing.Incremental)
        {
            _table.Insert(room[..nameLength], room.Slice(nameLength, valueLength), traits);
        }

        if (into.Admits(nameLength, valueLength, traits.Pseudo))
        {
            into.Keep(nameLength, valueLength, traits, indexing == Indexing.Never);
        }

        return EndReason.None;
    }

    /// <summary>Measures a field first, so that no more room is made than it and the limits need, and none for what nobody keeps.</summary>
    private EndReason MeasureLiteral(int index, StringLiteral name, StringLiteral value, FieldSection into, Indexing indexing)
    {
        int nameLength = index == 0 ? 0 : NameLengthOf(index);
        EndReason reason = index == 0 ? name.Measure(out nameLength) : EndReason.None;
        if (reason != EndReason.None)
        {
            return reason;
        }

        reason = value.Measure(out int valueLength);
        if (reason != EndReason.None)
        {
            return reason;
        }

        bool isKept = into.HasRoomFor(nameLength, valueLength);
        bool isInserted = indexing == Indexing.Incremental && _table.Fits(nameLength, valueLength);
        if (!isKept && isInserted && index > StaticTable.Count)
        {
            // Two bytes can have a name of thousands copied: what is beyond the limits anyway may not go on so for ever.
            _churn += nameLength;
            if (_churn > MaximumChurn)
            {
                return EndReason.HpackTableChurn;
            }
        }

        if (isKept || isInserted)
        {
            Span<byte> room = into.Room(nameLength + valueLength + HuffmanDecoder.Slack);
            return TakeLiteral(index, name, value, into, room, indexing);
        }

        if (indexing == Indexing.Incremental)
        {
            _table.Clear();
        }

        into.Admits(nameLength, valueLength, PseudoField.None);
        return EndReason.None;
    }

    private EndReason DecodeField(
        int index, StringLiteral name, StringLiteral value, Span<byte> room, out int nameLength, out int valueLength, out FieldTraits traits)
    {
        valueLength = 0;
        EndReason reason = EndReason.None;
        if (index == 0)
        {
            reason = name.Decode(room, out nameLength);
            traits = FieldTraits.Of(room[..nameLength]);
        }
        else
        {
            nameLength = CopyName(index, room, out traits);
        }

        if (reason == EndReason.None)
        {
            reason = value.Decode(room[nameLength..], out valueLength);
            traits = traits.With(room.Slice(nameLength, valueLength));
        }

        return reason;
    }

    private int CopyName(int index, Span<byte> room, out FieldTraits traits)
    {
        if (index <= StaticTable.Count)
        {
            ReadOnlySpan<byte> name = StaticTable.Name(index);
            name.CopyTo(room);
            traits = StaticTable.At(index).Traits;
            return name.Length;
        }

        ref readonly DynamicTable<FieldTraits>.Entry entry = ref _table.At(index - StaticTable.Count - 1);
        _table.CopyTo(entry, room[..entry.NameLength]);
        traits = entry.Tag;
        return entry.NameLength;
    }

    private int NameLengthOf(int index) =>
        index <= StaticTable.Count ? StaticTable.At(index).NameLength : _table.At(index - StaticTable.Count - 1).NameLength;

    private bool IsDynamic(int index) => index > StaticTable.Count && index <= StaticTable.Count + _table.Count;

    private static void Check(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaximumTableSize);
    }
}
