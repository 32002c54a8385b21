using Roundtrip.Http.StructuredFields;

namespace Roundtrip.Fuzz;

/// <summary>A structured field of each type. What parses is walked whole, written again, parsed again, and written then as it was before.</summary>
public static class StructuredFieldsTarget
{
    private delegate bool Writing(ReadOnlySpan<byte> field, ref StructuredFieldWriter writer);

    public static void Run(ReadOnlySpan<byte> input)
    {
        WriteTwice(input, static (field, ref writer) => StructuredField.TryParseItem(field, out Item item) && Write(item, ref writer));
        WriteTwice(input, static (field, ref writer) => StructuredField.TryParseList(field, out Members list) && Write(list, ref writer));
        WriteTwice(input, static (field, ref writer) => StructuredField.TryParseDictionary(field, out Members dictionary) && Write(dictionary, ref writer));
    }

    private static void WriteTwice(ReadOnlySpan<byte> field, Writing writing)
    {
        // What may be left out on the wire takes the most room here: padding, and zeros of a Decimal.
        var first = new StructuredFieldWriter(new byte[(4 * field.Length) + 16]);
        if (!writing(field, ref first))
        {
            return;
        }

        var second = new StructuredFieldWriter(new byte[(4 * field.Length) + 16]);
        if (!first.IsValid || !writing(first.Written, ref second) || !first.Written.SequenceEqual(second.Written))
        {
            throw new InvalidOperationException("What was parsed was not written as it was.");
        }
    }

    private static bool Write(Members members, ref StructuredFieldWriter writer)
    {
        foreach (Member member in members)
        {
            if (member.Key.IsEmpty)
            {
                writer.Member();
            }
            else
            {
                writer.Key(member.Key);
            }

            if (!member.IsInnerList)
            {
                Write(member.Item, ref writer);
                continue;
            }

            writer.BeginInnerList();
            foreach (Item item in member.InnerList)
            {
                Write(item, ref writer);
            }

            writer.EndInnerList();
            Write(member.InnerList.Parameters, ref writer);
        }

        return true;
    }

    private static bool Write(Item item, ref StructuredFieldWriter writer)
    {
        Write(item.Value, ref writer);
        Write(item.Parameters, ref writer);
        return true;
    }

    private static void Write(Parameters parameters, ref StructuredFieldWriter writer)
    {
        foreach (Parameter parameter in parameters)
        {
            writer.Parameter(parameter.Key);
            Write(parameter.Value, ref writer);
        }
    }

    private static void Write(BareItem value, ref StructuredFieldWriter writer)
    {
        byte[] room = new byte[value.Raw.Length];
        ReadOnlySpan<byte> text = room.AsSpan(0, value.Decode(room));
        switch (value.Kind)
        {
            case ItemKind.Integer:
                writer.Integer(value.Number);
                break;
            case ItemKind.Decimal:
                writer.Decimal(value.Number / 1000m);
                break;
            case ItemKind.String:
                writer.String(text);
                break;
            case ItemKind.Token:
                writer.Token(text);
                break;
            case ItemKind.ByteSequence:
                writer.ByteSequence(text);
                break;
            case ItemKind.Boolean:
                writer.Boolean(value.IsTrue);
                break;
            case ItemKind.Date:
                writer.Date(value.Number);
                break;
            case ItemKind.DisplayString:
                writer.DisplayString(text);
                break;
            default:
                throw new InvalidOperationException("An item of no kind.");
        }
    }
}
