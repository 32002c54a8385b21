namespace Roundtrip.Http.StructuredFields;

/// <summary>What a bare item is (RFC 9651 section 3.3).</summary>
public enum ItemKind : byte
{
    /// <summary>No item: the value of a default <see cref="BareItem"/>.</summary>
    None,
    Integer,
    Decimal,
    String,
    Token,
    ByteSequence,
    Boolean,
    Date,
    DisplayString,
}
