namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// The fields of a <see cref="FieldBlock"/> as encoders need them: in lower case, looked up in the static table, with their literals coded. Made
/// once and shared by all connections, so that even a connection's first block is mostly copied.
/// </summary>
internal sealed class EncodedFields
{
    private readonly byte[] _text;
    private readonly Entry[] _entries;

    private EncodedFields(byte[] text, Entry[] entries) => (_text, _entries) = (text, entries);

    public int Count => _entries.Length;

    public EncodedField this[int index]
    {
        get
        {
            ref readonly Entry entry = ref _entries[index];
            return new EncodedField
            {
                Name = At(entry.Name),
                Value = At(entry.Value),
                Hash = entry.Hash,
                Indexing = entry.Indexing,
                StaticName = entry.StaticName,
                StaticField = entry.StaticField,
                NameLiteral = At(entry.NameLiteral),
                ValueLiteral = At(entry.ValueLiteral),
            };
        }
    }

    public static EncodedFields Of(FieldBlock block)
    {
        // A writer as scratch: it appends and codes.
        var text = new HeaderBlockWriter();
        var entries = new List<Entry>(block.Fields.Length);
        foreach (ref readonly FieldEntry field in block.Fields)
        {
            if (IndexingPolicy.IsConnectionSpecific(field.Known))
            {
                continue;
            }

            var looked = EncodedField.Of(text.LowerCase(block.At(field.Name)), block.At(field.Value), null);
            entries.Add(new Entry(
                Append(text, looked.Name), Append(text, looked.Value), looked.StaticName == 0 ? AppendLiteral(text, looked.Name) : default,
                AppendLiteral(text, looked.Value),
                looked.Hash, looked.Indexing, (byte)looked.StaticName, (byte)looked.StaticField));
        }

        return new EncodedFields(text.Block.ToArray(), [.. entries]);
    }

    private ReadOnlySpan<byte> At(Slice slice) => _text.AsSpan(slice.Offset, slice.Length);

    private static Slice Append(HeaderBlockWriter text, ReadOnlySpan<byte> bytes)
    {
        int start = text.Length;
        text.Write(bytes);
        return new Slice(start, bytes.Length);
    }

    private static Slice AppendLiteral(HeaderBlockWriter text, ReadOnlySpan<byte> bytes)
    {
        int start = text.Length;
        text.WriteString(bytes);
        return new Slice(start, text.Length - start);
    }

    private readonly record struct Entry(
        Slice Name, Slice Value, Slice NameLiteral, Slice ValueLiteral, FieldHash Hash, Indexing Indexing, byte StaticName, byte StaticField);
}
