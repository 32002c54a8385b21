using System.Text;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http;

/// <summary>
/// Response fields that are written once and sent many times: immutable, shared between loops, and kept in the form in which HTTP/1 sends
/// them. Framing fields (Content-Length, Transfer-Encoding, Connection), Date and Server are the engine's and never stand here.
/// </summary>
public sealed class FieldBlock
{
    public static readonly FieldBlock Empty = new([], []);

    private readonly byte[] _text;
    private readonly FieldEntry[] _fields;
    private PreloadTarget[]? _preloads;
    private EncodedFields? _encoded;

    private FieldBlock(byte[] text, FieldEntry[] fields) => (_text, _fields) = (text, fields);

    /// <summary>The fields as <c>Name: value CRLF</c> lines.</summary>
    public ReadOnlySpan<byte> Http1Lines => _text;

    public ReadOnlySpan<FieldEntry> Fields => _fields;

    /// <summary>The fields as HTTP/2 needs them. Made when first used; two loops may make them at the same time: either will do.</summary>
    internal EncodedFields Encoded => _encoded ??= EncodedFields.Of(this);

    public ReadOnlySpan<byte> At(Slice slice) => _text.AsSpan(slice.Offset, slice.Length);

    /// <summary>What the block says will be needed with the response, in the order in which it says so. Made when first asked for; two loops may make it at the same time.</summary>
    internal PreloadTarget[] PreloadTargets => _preloads ??= PreloadLinks.Of(this);

    /// <summary>The value of the first field of that name (ASCII case ignored), or empty.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name)
    {
        foreach (ref readonly FieldEntry field in Fields)
        {
            if (Ascii.EqualsIgnoreCase(At(field.Name), name))
            {
                return At(field.Value);
            }
        }

        return default;
    }

    /// <summary>Makes a block. Names must be tokens; values are written as Latin-1.</summary>
    /// <exception cref="ArgumentException">A name or value cannot stand in a message (RFC 9110 section 5): it would split the response.</exception>
    public static FieldBlock Create(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var text = new List<byte>(fields.Length * 48);
        var entries = new FieldEntry[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            byte[] name = Encoding.Latin1.GetBytes(fields[i].Name);
            byte[] value = Encoding.Latin1.GetBytes(fields[i].Value);
            if (!FieldRules.IsToken(name) || !FieldRules.IsValue(value))
            {
                throw new ArgumentException($"'{fields[i].Name}: {fields[i].Value}' is not a field that can be sent.", nameof(fields));
            }

            var nameSlice = new Slice(text.Count, name.Length);
            text.AddRange(name);
            text.AddRange(": "u8);
            var valueSlice = new Slice(text.Count, value.Length);
            text.AddRange(value);
            text.AddRange("\r\n"u8);
            entries[i] = new FieldEntry(nameSlice, valueSlice, KnownFields.Find(name));
        }

        return new FieldBlock([.. text], entries);
    }
}
