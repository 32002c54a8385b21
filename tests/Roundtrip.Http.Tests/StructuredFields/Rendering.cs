using System.Globalization;
using System.Text;
using Roundtrip.Http.StructuredFields;

namespace Roundtrip.Http.Tests.StructuredFields;

/// <summary>What was parsed, as text, with what comes twice put where RFC 9651 section 4.2 puts it.</summary>
public static class Rendering
{
    /// <returns>Null where parsing fails.</returns>
    public static string? Of(string type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case "item":
                return StructuredField.TryParseItem(value, out Item item) ? Of(item) : null;

            case "list":
                return StructuredField.TryParseList(value, out Members list) ? Of(list) : null;

            default:
                return StructuredField.TryParseDictionary(value, out Members dictionary) ? Of(dictionary) : null;
        }
    }

    private static string Of(Members members)
    {
        var texts = new OrderedDictionary<string, string>();
        foreach (Member member in members)
        {
            string text = member.IsInnerList ? Of(member.InnerList) : Of(member.Item);
            if (member.Key.IsEmpty)
            {
                texts.Add(texts.Count.ToString(CultureInfo.InvariantCulture), text);
            }
            else
            {
                string key = Encoding.ASCII.GetString(member.Key);
                texts[key] = $"{key}={text}";
            }
        }

        return string.Join(", ", texts.Values);
    }

    private static string Of(InnerList list)
    {
        var texts = new List<string>();
        foreach (Item item in list)
        {
            texts.Add(Of(item));
        }

        return $"({string.Join(' ', texts)}){Of(list.Parameters)}";
    }

    private static string Of(Item item) => Of(item.Value) + Of(item.Parameters);

    private static string Of(Parameters parameters)
    {
        var texts = new OrderedDictionary<string, string>();
        foreach (Parameter parameter in parameters)
        {
            string key = Encoding.ASCII.GetString(parameter.Key);
            texts[key] = $";{key}={Of(parameter.Value)}";
        }

        return string.Concat(texts.Values);
    }

    private static string Of(BareItem value)
    {
        if (value.Kind is ItemKind.Integer or ItemKind.Decimal or ItemKind.Boolean or ItemKind.Date)
        {
            return $"{value.Kind} {value.Number.ToString(CultureInfo.InvariantCulture)}";
        }

        byte[] text = new byte[value.Raw.Length];
        return $"{value.Kind} {Convert.ToHexString(text.AsSpan(0, value.Decode(text)))}";
    }
}
