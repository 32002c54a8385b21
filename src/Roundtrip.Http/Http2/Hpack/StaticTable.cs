using System.Text;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>The static table (RFC 7541 section 2.3.1 and appendix A): 61 entries, of which names that have several stand together.</summary>
internal static class StaticTable
{
    public const int Count = 61;

    private static readonly byte[] Text;
    private static readonly Entry[] Entries = new Entry[Count + 1];

    // By length and two letters the names are all but unique; Slots holds the first index of a chain, Next the rest.
    private static readonly byte[] Slots = new byte[128];
    private static readonly byte[] Next = new byte[Count + 1];

    static StaticTable()
    {
        (string Name, string Value)[] rows = Rows();
        var text = new List<byte>();
        for (int index = Count; index >= 1; index--)
        {
            (string name, string value) = rows[index - 1];
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            Entries[index] = new Entry(text.Count, (byte)name.Length, (byte)value.Length, FieldTraits.Of(bytes));
            text.AddRange(bytes);
            text.AddRange(Encoding.ASCII.GetBytes(value));

            // From the last to the first, so that a name's lowest index is found first.
            ref byte slot = ref Slots[Hash(bytes)];
            Next[index] = slot;
            slot = (byte)index;
        }

        Text = [.. text];
    }

    /// <param name="index">1 to <see cref="Count"/>.</param>
    public static ref readonly Entry At(int index) => ref Entries[index];

    public static ReadOnlySpan<byte> Name(int index) => Text.AsSpan(Entries[index].Start, Entries[index].NameLength);

    public static ReadOnlySpan<byte> Value(int index) =>
        Text.AsSpan(Entries[index].Start + Entries[index].NameLength, Entries[index].ValueLength);

    /// <summary>Name and value, one behind the other.</summary>
    public static ReadOnlySpan<byte> Field(int index) =>
        Text.AsSpan(Entries[index].Start, Entries[index].NameLength + Entries[index].ValueLength);

    /// <summary>The lowest index that has this name, in lower case, or 0.</summary>
    public static int Find(ReadOnlySpan<byte> name)
    {
        int index = name.IsEmpty ? 0 : Slots[Hash(name)];
        while (index != 0 && !Name(index).SequenceEqual(name))
        {
            index = Next[index];
        }

        return index;
    }

    /// <summary>The index of the field, given the lowest index of its name, or 0.</summary>
    public static int Find(int nameIndex, ReadOnlySpan<byte> value)
    {
        // :authority and most names after the pseudo-fields have one entry, with no value.
        if (Entries[nameIndex].ValueLength == 0)
        {
            return value.IsEmpty ? nameIndex : 0;
        }

        ReadOnlySpan<byte> name = Name(nameIndex);
        for (int index = nameIndex; index <= Count && Name(index).SequenceEqual(name); index++)
        {
            if (Value(index).SequenceEqual(value))
            {
                return index;
            }
        }

        return 0;
    }

    private static int Hash(ReadOnlySpan<byte> name) => ((name.Length * 31) ^ (name[name.Length / 2] * 5) ^ (name[^1] * 3)) & 127;

    private static (string Name, string Value)[] Rows() =>
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"),
        (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"),
        (":status", "404"), (":status", "500"), ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""),
        ("accept-ranges", ""), ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""),
        ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
        ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""),
        ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""),
        ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""),
        ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""),
        ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""),
        ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ];

    /// <summary>Where an entry stands, and what it is. No value of the table has a fault.</summary>
    internal readonly record struct Entry(int Start, byte NameLength, byte ValueLength, FieldTraits Traits);
}
