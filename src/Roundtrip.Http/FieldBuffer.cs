using System.Buffers.Text;
using System.Text;

namespace Roundtrip.Http;

/// <summary>Fields of one response, whichever end has it, or a request's trailers, kept as HTTP/1 lines with their places. Used again for the next exchange.</summary>
public sealed class FieldBuffer
{
    private const int UsualText = 256;
    private const int UsualFields = 4;

    private byte[] _text = new byte[UsualText];
    private FieldEntry[] _fields = new FieldEntry[UsualFields];
    private int _length;

    public int Count { get; private set; }

    public ReadOnlySpan<FieldEntry> Fields => _fields.AsSpan(0, Count);

    /// <summary>The fields as <c>Name: value CRLF</c> lines.</summary>
    public ReadOnlySpan<byte> Http1Lines => _text.AsSpan(0, _length);

    public ReadOnlySpan<byte> At(Slice slice) => _text.AsSpan(slice.Offset, slice.Length);

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

    /// <summary>How many lines a field has.</summary>
    public int LinesOf(KnownField field)
    {
        int count = 0;
        foreach (ref readonly FieldEntry entry in Fields)
        {
            count += entry.Known == field ? 1 : 0;
        }

        return count;
    }

    /// <summary>The value of the field's first line; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(KnownField field)
    {
        foreach (ref readonly FieldEntry entry in Fields)
        {
            if (entry.Known == field)
            {
                return At(entry.Value);
            }
        }

        return default;
    }

    /// <summary>Adds a field.</summary>
    /// <exception cref="ArgumentException">The name is not a token, or the value has a control character: it would split the response.</exception>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!FieldRules.IsToken(name) || !FieldRules.IsValue(value))
        {
            throw new ArgumentException("A field's name must be a token and its value free of control characters.", nameof(value));
        }

        int needed = _length + name.Length + value.Length + 4;
        if (needed > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(needed, Math.Max(UsualText, _text.Length * 2)));
        }

        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Max(UsualFields, Count * 2));
        }

        var nameSlice = new Slice(_length, name.Length);
        name.CopyTo(_text.AsSpan(_length));
        ": "u8.CopyTo(_text.AsSpan(nameSlice.End));
        var valueSlice = new Slice(nameSlice.End + 2, value.Length);
        value.CopyTo(_text.AsSpan(valueSlice.Offset));
        "\r\n"u8.CopyTo(_text.AsSpan(valueSlice.End));
        _length = needed;
        _fields[Count++] = new FieldEntry(nameSlice, valueSlice, KnownFields.Find(name));
    }

    /// <summary>Adds a field whose value is a decimal number.</summary>
    public void Add(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Add(name, digits[..written]);
    }

    /// <summary>Takes away all fields whose names begin so (ASCII case ignored).</summary>
    public void RemoveStartingWith(ReadOnlySpan<byte> prefix)
    {
        int kept = 0;
        int length = 0;
        foreach (FieldEntry field in Fields)
        {
            ReadOnlySpan<byte> name = At(field.Name);
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix))
            {
                continue;
            }

            // A line is the name, ": ", the value and CRLF.
            int back = field.Name.Offset - length;
            int line = field.Value.End + 2 - field.Name.Offset;
            _text.AsSpan(field.Name.Offset, line).CopyTo(_text.AsSpan(length));
            _fields[kept++] = new FieldEntry(new Slice(length, field.Name.Length), new Slice(field.Value.Offset - back, field.Value.Length), field.Known);
            length += line;
        }

        (Count, _length) = (kept, length);
    }

    /// <summary>Takes no more memory than its fields have: for an exchange that lasts as long as its client.</summary>
    internal void RetainForLong()
    {
        Array.Resize(ref _text, _length);
        Array.Resize(ref _fields, Count);
    }

    public void Clear()
    {
        _length = 0;
        Count = 0;
    }
}
