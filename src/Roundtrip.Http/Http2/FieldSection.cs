using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

/// <summary>
/// The fields of one decoded header or trailer section (RFC 9113 section 8.1). Names and values lie one behind the other in one rented buffer,
/// as <see cref="RequestHead"/> wants its storage; pseudo-fields stand apart from the others. Used again: <see cref="Begin"/>, decode, read,
/// <see cref="Release"/>.
/// </summary>
public sealed class FieldSection
{
    /// <summary>RFC 9113 section 6.5.2, RFC 7541 section 4.1: what a field counts beside its name and value.</summary>
    internal const int FieldOverhead = 32;

    /// <summary>
    /// The end of the largest buffer, which is never text: where an entry of a dynamic table, whose text is at least 32 bytes smaller than the table,
    /// is put together though the section does not keep it.
    /// </summary>
    internal const int Margin = 64 * 1024;

    private readonly Slice[] _pseudo = new Slice[(int)PseudoField.Unknown];
    private FieldEntry[] _fields = new FieldEntry[24];
    private ulong[] _neverIndexed = new ulong[1];
    private BufferPool? _pool;
    private FieldLimits _limits;
    private uint _present;
    private uint _neverIndexedPseudo;
    private int _count;

    /// <summary>The fields in the order in which they came, without pseudo-fields.</summary>
    public ReadOnlySpan<FieldEntry> Fields => _fields.AsSpan(0, _count);

    /// <summary>The buffer in which every slice lies; it belongs to this section. Offset 0 of a slice is its first byte.</summary>
    public byte[] Text { get; private set; } = [];

    /// <summary>How many bytes of <see cref="Text"/> are used.</summary>
    public int Length { get; private set; }

    /// <summary>RFC 9113 section 6.5.2: the sum over all fields, kept or not, of name, value and 32 bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Whether a limit was passed. From that field on nothing was kept and no fault noted, but the decoder's table is in step.</summary>
    public bool IsOverLimit { get; private set; }

    /// <summary>
    /// What RFC 9113 section 8.3 forbids of pseudo-fields wherever they stand: an unknown one, one twice, one behind a regular field. The first
    /// that was found, or <see cref="EndReason.None"/>. Which of them a message must have is not looked at here.
    /// </summary>
    public EndReason PseudoFault { get; private set; }

    /// <summary>
    /// What RFC 9113 section 8.2.1 forbids in names and values: capitals, characters that cannot stand there, white space around a value. The
    /// first that was found, or <see cref="EndReason.None"/>. Pseudo-fields' values are looked at too.
    /// </summary>
    public EndReason FieldFault { get; private set; }

    /// <summary>The value of :method; empty where it is not there.</summary>
    public Slice MethodName => _pseudo[(int)PseudoField.Method];

    /// <summary>The value of :scheme; empty where it is not there.</summary>
    public Slice Scheme => _pseudo[(int)PseudoField.Scheme];

    /// <summary>The value of :authority; empty where it is not there.</summary>
    public Slice Authority => _pseudo[(int)PseudoField.Authority];

    /// <summary>The value of :path; empty where it is not there.</summary>
    public Slice Path => _pseudo[(int)PseudoField.Path];

    /// <summary>The value of :protocol (RFC 8441); empty where it is not there.</summary>
    public Slice Protocol => _pseudo[(int)PseudoField.Protocol];

    /// <summary>The value of :status; empty where it is not there.</summary>
    public Slice Status => _pseudo[(int)PseudoField.Status];

    /// <summary>Whether any pseudo-field came, even an unknown one: a trailer section has none.</summary>
    public bool HasPseudoFields => _present != 0;

    /// <summary>Whether the pseudo-field came, even with an empty value.</summary>
    public bool Has(PseudoField field) => (_present & (1u << (int)field)) != 0;

    /// <summary>RFC 7541 section 6.2.3: whether whoever passes on <c>Fields[field]</c> must not index it either.</summary>
    public bool IsNeverIndexed(int field) => field >> 6 < _neverIndexed.Length && (_neverIndexed[field >> 6] & (1UL << field)) != 0;

    /// <summary>RFC 7541 section 6.2.3, of a pseudo-field.</summary>
    public bool IsNeverIndexed(PseudoField field) => (_neverIndexedPseudo & (1u << (int)field)) != 0;

    /// <summary>The bytes of a slice of this section.</summary>
    public ReadOnlySpan<byte> At(Slice slice) => Text.AsSpan(slice.Offset, slice.Length);

    /// <summary>Forgets what was decoded before, and keeps at most <paramref name="limits"/> of what comes.</summary>
    /// <param name="pool">Where the text's buffer comes from; the same until <see cref="Release"/>.</param>
    public void Begin(BufferPool pool, FieldLimits limits)
    {
        Clear();
        _pool = pool;
        _limits = limits;
        if (Text.Length == 0)
        {
            Text = pool.Rent();
        }
    }

    /// <summary>Gives the buffer back and forgets the fields.</summary>
    public void Release(BufferPool pool)
    {
        Clear();
        if (Text.Length != 0)
        {
            pool.Return(Text);
            Text = [];
        }
    }

    /// <summary>How many bytes the buffer has left as it is.</summary>
    internal int Unused => Text.Length - Length;

    /// <summary>Counts a field.</summary>
    /// <returns>Whether it is to be kept.</returns>
    internal bool Admits(int nameLength, int valueLength, PseudoField pseudo)
    {
        bool isTooMany = _limits.Fields > 0 && _count >= _limits.Fields && pseudo == PseudoField.None;
        IsOverLimit = isTooMany || !HasRoomFor(nameLength, valueLength);
        Size += (long)nameLength + valueLength + FieldOverhead;
        return !IsOverLimit;
    }

    /// <summary>Whether a field of this size could still be kept, however many there are.</summary>
    internal bool HasRoomFor(int nameLength, int valueLength)
    {
        long size = (long)nameLength + valueLength;
        return !IsOverLimit && Size + size + FieldOverhead <= _limits.Size && Length + size <= BufferPool.MaximumSize - Margin;
    }

    /// <summary>Whether <see cref="Room"/> has so many bytes more.</summary>
    internal bool CanGrowBy(int size) => Length + size <= BufferPool.MaximumSize;

    /// <summary>At least <paramref name="size"/> bytes behind the text. What is written there is no text before <see cref="Keep"/>.</summary>
    internal Span<byte> Room(int size)
    {
        if (size > Unused)
        {
            byte[] larger = _pool!.Rent(Length + size);
            Text.AsSpan(0, Length).CopyTo(larger);
            _pool.Return(Text);
            Text = larger;
        }

        return Text.AsSpan(Length);
    }

    /// <summary>Makes what stands in <see cref="Room"/>, a name and its value, a field of the section.</summary>
    internal void Keep(int nameLength, int valueLength, FieldTraits traits, bool isNeverIndexed)
    {
        var name = new Slice(Length, nameLength);
        var value = new Slice(name.End, valueLength);
        Length = value.End;
        if (FieldFault == EndReason.None)
        {
            FieldFault = traits.Fault;
        }

        if (traits.Pseudo != PseudoField.None)
        {
            KeepPseudo(value, traits.Pseudo, isNeverIndexed);
            return;
        }

        if (_count == _fields.Length)
        {
            Array.Resize(ref _fields, _count * 2);
        }

        _fields[_count] = new FieldEntry(name, value, traits.Known);
        if (isNeverIndexed)
        {
            MarkNeverIndexed(_count);
        }

        _count++;
    }

    private void KeepPseudo(Slice value, PseudoField pseudo, bool isNeverIndexed)
    {
        uint bit = 1u << (int)pseudo;
        bool isFirst = (_present & bit) == 0;
        if (PseudoFault == EndReason.None)
        {
            // RFC 9113 §8.3: each at most once, none but those defined, and all before the first regular field.
            PseudoFault = pseudo == PseudoField.Unknown ? EndReason.UnknownPseudoField
                : !isFirst ? EndReason.DuplicatePseudoField
                : _count > 0 ? EndReason.PseudoFieldAfterField
                : EndReason.None;
        }

        _present |= bit;
        _neverIndexedPseudo |= isNeverIndexed ? bit : 0;
        if (isFirst && pseudo != PseudoField.Unknown)
        {
            _pseudo[(int)pseudo] = value;
        }
    }

    private void MarkNeverIndexed(int field)
    {
        if (field >> 6 >= _neverIndexed.Length)
        {
            Array.Resize(ref _neverIndexed, (field >> 6) + 1);
        }

        _neverIndexed[field >> 6] |= 1UL << field;
    }

    private void Clear()
    {
        Array.Clear(_pseudo);
        Array.Clear(_neverIndexed);
        _present = 0;
        _neverIndexedPseudo = 0;
        _count = 0;
        Length = 0;
        Size = 0;
        IsOverLimit = false;
        PseudoFault = EndReason.None;
        FieldFault = EndReason.None;
    }
}
