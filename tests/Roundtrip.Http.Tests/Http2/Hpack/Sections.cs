using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>Header blocks and what is decoded of them, as strings of which each character is a byte.</summary>
public static class Sections
{
    public static readonly FieldLimits Unlimited = new(0, 512 * 1024);

    private static readonly (PseudoField Field, string Name)[] Pseudo =
    [
        (PseudoField.Method, ":method"), (PseudoField.Scheme, ":scheme"), (PseudoField.Authority, ":authority"), (PseudoField.Path, ":path"),
        (PseudoField.Protocol, ":protocol"), (PseudoField.Status, ":status"),
    ];

    /// <summary>Decodes a block within <paramref name="limits"/>, and checks that it returns its buffer.</summary>
    public static EndReason Decode(HpackDecoder decoder, ReadOnlySpan<byte> block, FieldLimits limits, Action<FieldSection> look)
    {
        var pool = new BufferPool();
        var section = new FieldSection();
        section.Begin(pool, limits);
        EndReason reason = decoder.Decode(block, section);
        if (reason == EndReason.None)
        {
            look(section);
        }

        section.Release(pool);
        Assert.Equal(0, pool.Outstanding);
        return reason;
    }

    /// <summary>The fields of a block that must be good, pseudo-fields first.</summary>
    public static List<(string Name, string Value)> Decode(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        List<(string, string)> fields = [];
        Assert.Equal(EndReason.None, Decode(decoder, block, Unlimited, section => fields = FieldsOf(section)));
        return fields;
    }

    /// <summary>What must be wrong with a block that is a decoder's first.</summary>
    public static EndReason ReasonOf(string hexadecimal) => Decode(new HpackDecoder(), Bytes(hexadecimal), Unlimited, static _ => { });

    public static List<(string Name, string Value)> FieldsOf(FieldSection section)
    {
        List<(string, string)> fields =
        [
            .. Pseudo.Where(field => section.Has(field.Field)).Select(field => (field.Name, Text(section.At(ValueOf(section, field.Field))))),
        ];
        foreach (FieldEntry field in section.Fields)
        {
            fields.Add((Text(section.At(field.Name)), Text(section.At(field.Value))));
            Assert.Equal(KnownFields.Find(section.At(field.Name)), field.Known);
        }

        return fields;
    }

    /// <summary>Fields in the order of <see cref="FieldsOf"/>.</summary>
    public static List<(string Name, string Value)> PseudoFirst(IReadOnlyList<(string Name, string Value)> fields) =>
    [
        .. Pseudo.SelectMany(pseudo => fields.Where(field => field.Name == pseudo.Name)), .. fields.Where(field => !field.Name.StartsWith(':')),
    ];

    /// <summary>The entries of a table, the newest first.</summary>
    internal static List<(string Name, string Value)> EntriesOf<TTag>(DynamicTable<TTag> table)
        where TTag : unmanaged
    {
        var entries = new List<(string, string)>();
        for (int i = 0; i < table.Count; i++)
        {
            DynamicTable<TTag>.Entry entry = table.At(i);
            byte[] text = new byte[entry.NameLength + entry.ValueLength];
            table.CopyTo(entry, text);
            entries.Add((Text(text.AsSpan(0, entry.NameLength)), Text(text.AsSpan(entry.NameLength))));
        }

        return entries;
    }

    public static byte[] Bytes(string hexadecimal) => Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static Slice ValueOf(FieldSection section, PseudoField field) => field switch
    {
        PseudoField.Method => section.MethodName,
        PseudoField.Scheme => section.Scheme,
        PseudoField.Authority => section.Authority,
        PseudoField.Path => section.Path,
        PseudoField.Protocol => section.Protocol,
        _ => section.Status,
    };
}
