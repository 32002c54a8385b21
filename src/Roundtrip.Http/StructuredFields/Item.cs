namespace Roundtrip.Http.StructuredFields;

/// <summary>A value with its parameters (RFC 9651 section 3.3). It borrows the field's bytes.</summary>
public readonly ref struct Item
{
    internal Item(BareItem value, Parameters parameters)
    {
        Value = value;
        Parameters = parameters;
    }

    public BareItem Value { get; }

    public Parameters Parameters { get; }
}
