using System.Buffers.Text;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// Encodes the header blocks of one direction of a connection (RFC 7541): <see cref="Begin"/>, pseudo-fields, the other fields, then the block is
/// the writer's. Every block that was begun must be sent, in that order, since the peer's table follows it.
/// </summary>
public sealed class HpackEncoder
{
    private const int NoneLower = int.MaxValue;

    private readonly int _ownLimit;
    private readonly DynamicTable<FieldHash> _table = new(HpackDecoder.InitialTableSize);
    private HeaderBlockWriter _to = null!;
    private EncodedBlocks? _blocks;
    private RecentHashes _recent;
    private int _size;
    private int _lowest = NoneLower;

    /// <param name="ownTableLimit">The most bytes that the table may take here, whatever the peer allows; counted as RFC 7541 section 4.1 does.</param>
    public HpackEncoder(int ownTableLimit = HpackDecoder.InitialTableSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ownTableLimit);
        _ownLimit = ownTableLimit;
        _size = Math.Min(ownTableLimit, HpackDecoder.InitialTableSize);
    }

    /// <summary>The table, for tests that compare it with the decoder's.</summary>
    internal DynamicTable<FieldHash> Table => _table;

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE. It holds from the next block on, which says so (RFC 7541 section 4.2).</summary>
    public void SetPeerLimit(uint headerTableSize)
    {
        _size = (int)Math.Min((uint)_ownLimit, headerTableSize);
        _lowest = Math.Min(_lowest, _size);
    }

    /// <summary>Begins a block in <paramref name="to"/>, which is emptied.</summary>
    public void Begin(HeaderBlockWriter to)
    {
        _to = to;
        to.Clear();

        // RFC 7541 §4.2: the smallest size since the last block is said where it evicts, then the one that holds.
        if (_lowest < _table.MaximumSize)
        {
            Resize(_lowest);
        }

        if (_size != _table.MaximumSize)
        {
            Resize(_size);
        }

        _lowest = NoneLower;
    }

    /// <summary>Adds :status.</summary>
    /// <param name="status">100 to 999.</param>
    public void Status(int status)
    {
        // RFC 7541 appendix A.
        int index = status switch
        {
            200 => 8,
            204 => 9,
            206 => 10,
            304 => 11,
            400 => 12,
            404 => 13,
            500 => 14,
            _ => 0,
        };
        if (index != 0)
        {
            PutIndex(index);
            return;
        }

        Span<byte> digits = stackalloc byte[3];
        Utf8Formatter.TryFormat(status, digits, out _);
        Add(":status"u8, digits, Indexing.Incremental);
    }

    /// <summary>Adds the pseudo-fields of a request (RFC 9113 section 8.3.1). An empty <paramref name="authority"/> is left out.</summary>
    public void Request(ReadOnlySpan<byte> method, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        Add(":method"u8, method);
        Add(":scheme"u8, scheme);
        if (!authority.IsEmpty)
        {
            Add(":authority"u8, authority);
        }

        Add(":path"u8, path);
    }

    /// <summary>
    /// Adds the fields of a block, without those that RFC 9113 section 8.2.2 forbids. One that comes again while the table is as it was costs a copy.
    /// </summary>
    public void Add(FieldBlock shared)
    {
        if (_blocks is not null && _blocks.TryGet(shared, _table.Version, out ReadOnlySpan<byte> encoded))
        {
            _to.Write(encoded);
            return;
        }

        long version = _table.Version;
        int start = _to.Length;
        EncodedFields fields = shared.Encoded;
        for (int i = 0; i < fields.Count; i++)
        {
            Put(fields[i]);
        }

        // What has inserted would be encoded otherwise the next time.
        if (_table.Version == version)
        {
            (_blocks ??= new EncodedBlocks()).Keep(shared, version, _to.Block[start..]);
        }
    }

    /// <summary>
    /// Adds the fields of one response alone, without those that RFC 9113 section 8.2.2 forbids. Those that the static table does not name are
    /// indexed when they come a second time: many of them never do.
    /// </summary>
    public void Add(FieldBuffer own)
    {
        foreach (ref readonly FieldEntry entry in own.Fields)
        {
            if (IndexingPolicy.IsConnectionSpecific(entry.Known))
            {
                continue;
            }

            var field = EncodedField.Of(_to.LowerCase(own.At(entry.Name)), own.At(entry.Value), null);
            bool isNew = field.Indexing == Indexing.Incremental && field.StaticName == 0 && !_recent.Contains(field.Hash.Field);
            if (isNew)
            {
                _recent.Add(field.Hash.Field);
            }

            Put(field, isNew ? Indexing.Without : field.Indexing);
        }
    }

    /// <summary>Adds a field, indexed where such a field is worth it (see <see cref="Indexing"/>).</summary>
    /// <param name="name">A token or a pseudo-field's name; capitals are sent in lower case.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Put(EncodedField.Of(_to.LowerCase(name), value, null));

    /// <summary>Adds a field.</summary>
    /// <param name="name">A token or a pseudo-field's name; capitals are sent in lower case.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Indexing indexing) =>
        Put(EncodedField.Of(_to.LowerCase(name), value, indexing));

    /// <summary>Adds a field whose value is a decimal number.</summary>
    public void Add(ReadOnlySpan<byte> name, long value, Indexing indexing = Indexing.Without)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Add(name, digits[..written], indexing);
    }

    private void Put(in EncodedField field) => Put(field, field.Indexing);

    private void Put(in EncodedField field, Indexing indexing)
    {
        // RFC 7541 §7.1.3: what must never be indexed is a literal even where an entry happens to be equal.
        if (indexing != Indexing.Never)
        {
            int index = field.StaticField != 0 || indexing == Indexing.Without ? field.StaticField : FindField(field);
            if (index != 0)
            {
                PutIndex(index);
                return;
            }
        }

        // A field that would drive out most of the others is not worth it.
        if (indexing == Indexing.Incremental && !_table.Fits(field.Name.Length * 2, field.Value.Length * 2))
        {
            indexing = Indexing.Without;
        }

        PutLiteral(field, indexing);
    }

    /// <summary>RFC 7541 section 6.1.</summary>
    private void PutIndex(int index) => _to.WriteInteger(0x80, 7, index);

    /// <summary>RFC 7541 section 6.2.</summary>
    private void PutLiteral(in EncodedField field, Indexing indexing)
    {
        int name = field.StaticName != 0 ? field.StaticName : FindName(field);
        switch (indexing)
        {
            case Indexing.Incremental:
                _to.WriteInteger(0x40, 6, name);
                break;
            case Indexing.Without:
                _to.WriteInteger(0, 4, name);
                break;
            default:
                _to.WriteInteger(0x10, 4, name);
                break;
        }

        if (name == 0)
        {
            PutString(field.NameLiteral, field.Name);
        }

        PutString(field.ValueLiteral, field.Value);
        if (indexing == Indexing.Incremental)
        {
            _table.Insert(field.Name, field.Value, field.Hash);
        }
    }

    private void PutString(ReadOnlySpan<byte> literal, ReadOnlySpan<byte> text)
    {
        if (literal.IsEmpty)
        {
            _to.WriteString(text);
        }
        else
        {
            _to.Write(literal);
        }
    }

    /// <summary>RFC 7541 section 6.3.</summary>
    private void Resize(int size)
    {
        _to.WriteInteger(0x20, 5, size);
        _table.Resize(size);
    }

    private int FindField(in EncodedField field)
    {
        for (int i = 0; i < _table.Count; i++)
        {
            ref readonly DynamicTable<FieldHash>.Entry entry = ref _table.At(i);
            if (entry.Tag.Field == field.Hash.Field && _table.HasName(entry, field.Name) && _table.HasValue(entry, field.Value))
            {
                return StaticTable.Count + 1 + i;
            }
        }

        return 0;
    }

    private int FindName(in EncodedField field)
    {
        for (int i = 0; i < _table.Count; i++)
        {
            ref readonly DynamicTable<FieldHash>.Entry entry = ref _table.At(i);
            if (entry.Tag.Name == field.Hash.Name && _table.HasName(entry, field.Name))
            {
                return StaticTable.Count + 1 + i;
            }
        }

        return 0;
    }
}
