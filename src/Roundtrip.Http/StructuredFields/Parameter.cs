namespace Roundtrip.Http.StructuredFields;

/// <summary>A parameter of an item or of an inner list (RFC 9651 section 3.1.2). It borrows the field's bytes.</summary>
public readonly ref struct Parameter
{
    internal Parameter(ReadOnlySpan<byte> key, BareItem value)
    {
        Key = key;
        Value = value;
    }

    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The Boolean true where no value was sent.</summary>
    public BareItem Value { get; }
}
