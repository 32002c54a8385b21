namespace Roundtrip.Http.Http2.Hpack;

/// <summary>A field with all that an encoder needs to know of it, of whatever connection.</summary>
internal readonly ref struct EncodedField
{
    /// <summary>In lower case.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    public required ReadOnlySpan<byte> Value { get; init; }

    /// <summary>Made only where the dynamic table is looked through for the field or its name.</summary>
    public required FieldHash Hash { get; init; }

    public required Indexing Indexing { get; init; }

    /// <summary>The lowest index of the name in the static table, or 0.</summary>
    public required int StaticName { get; init; }

    /// <summary>The index of the whole field in the static table, or 0.</summary>
    public required int StaticField { get; init; }

    /// <summary>The name as a string literal (RFC 7541 section 5.2), or empty where it is not made yet.</summary>
    public ReadOnlySpan<byte> NameLiteral { get; init; }

    /// <summary>The value as a string literal, or empty where it is not made yet.</summary>
    public ReadOnlySpan<byte> ValueLiteral { get; init; }

    /// <summary>Looks at a field for the first time.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="indexing">Null for what <see cref="IndexingPolicy"/> says.</param>
    public static EncodedField Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Indexing? indexing)
    {
        int staticName = StaticTable.Find(name);
        Indexing chosen = indexing ?? IndexingPolicy.Of(name, staticName, value);
        return new EncodedField
        {
            Name = name,
            Value = value,
            Hash = staticName == 0 || chosen == Indexing.Incremental ? FieldHash.Of(name, value) : default,
            Indexing = chosen,
            StaticName = staticName,
            StaticField = staticName == 0 ? 0 : StaticTable.Find(staticName, value),
        };
    }
}
