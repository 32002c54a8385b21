namespace Roundtrip.Http.StructuredFields;

/// <summary>A value without parameters (RFC 9651 section 3.3). It borrows the field's bytes.</summary>
public readonly ref struct BareItem
{
    private BareItem(ItemKind kind, long number, ReadOnlySpan<byte> raw)
    {
        Kind = kind;
        Number = number;
        Raw = raw;
    }

    public ItemKind Kind { get; }

    /// <summary>
    /// An Integer's value; a Decimal's in thousandths; a Date's in seconds since 1970; of a Boolean 1 or 0. At most fifteen digits, whatever the kind.
    /// </summary>
    public long Number { get; }

    /// <summary>A Token; or what stands between the delimiters of a String, Display String or Byte Sequence, as it was sent (<see cref="Decode"/> it).</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Whether it is the Boolean true.</summary>
    public bool IsTrue => Kind == ItemKind.Boolean && Number != 0;

    internal static BareItem OfNumber(ItemKind kind, long number) => new(kind, number, default);

    internal static BareItem OfText(ItemKind kind, ReadOnlySpan<byte> raw) => new(kind, 0, raw);

    internal static BareItem OfBoolean(bool value) => new(ItemKind.Boolean, value ? 1 : 0, default);

    /// <summary>Decodes <see cref="Raw"/>: a String's ASCII, a Display String's UTF-8, a Byte Sequence's bytes, a Token as it is.</summary>
    /// <param name="destination">Room for as many bytes as <see cref="Raw"/> has, which is always enough.</param>
    /// <returns>How many bytes were written.</returns>
    public int Decode(Span<byte> destination) => Kind switch
    {
        ItemKind.String => Escapes.DecodeString(Raw, destination),
        ItemKind.DisplayString => Escapes.DecodeDisplayString(Raw, destination),
        ItemKind.ByteSequence => Base64Text.Decode(Raw, destination),
        _ => Copy(destination),
    };

    private int Copy(Span<byte> destination)
    {
        Raw.CopyTo(destination);
        return Raw.Length;
    }
}
