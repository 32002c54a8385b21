using Roundtrip.Http.StructuredFields;

namespace Roundtrip.Http.Http2.Priority;

/// <summary>The Priority field (RFC 9218 section 5): a Dictionary with <c>u</c> and <c>i</c>. PRIORITY_UPDATE has the same value.</summary>
public static class PriorityField
{
    /// <summary>The most bytes that <see cref="Write"/> writes.</summary>
    public const int LargestSize = 6;

    /// <summary>
    /// Reads a value. It is advice, so nothing in it is an error: a value that is no Dictionary says nothing, and neither does a parameter that is unknown, of another type or
    /// out of range (section 4).
    /// </summary>
    public static PriorityParameters Parse(ReadOnlySpan<byte> value)
    {
        if (!StructuredField.TryParseDictionary(value, out Members dictionary))
        {
            return default;
        }

        int? urgency = dictionary.TryGet("u"u8, out Member u) && u.Item.Value is { Kind: ItemKind.Integer, Number: >= 0 and < StreamPriority.Levels }
            ? (int)u.Item.Value.Number
            : null;
        bool? isIncremental = dictionary.TryGet("i"u8, out Member i) && i.Item.Value.Kind == ItemKind.Boolean ? i.Item.Value.IsTrue : null;
        return new PriorityParameters(urgency, isIncremental);
    }

    /// <summary>Writes <c>u=1</c> or <c>u=1, i</c>.</summary>
    /// <param name="destination">Room for <see cref="LargestSize"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(in StreamPriority priority, Span<byte> destination)
    {
        var writer = new StructuredFieldWriter(destination);
        writer.Key("u"u8);
        writer.Integer(priority.Urgency);
        if (priority.IsIncremental)
        {
            writer.Key("i"u8);
            writer.Boolean(true);
        }

        return writer.Written.Length;
    }
}
