using System.Text;

namespace Roundtrip.Http.Http2;

/// <summary>What a response's fields say will be needed with it: <c>Link: rel=preload</c> and <c>X-Associated-Content</c>. The targets stand as they were written.</summary>
internal static class PreloadLinks
{
    /// <summary>The targets in the fields of a block, in their order.</summary>
    public static PreloadTarget[] Of(FieldBlock block)
    {
        List<PreloadTarget>? targets = null;
        foreach (ref readonly FieldEntry field in block.Fields)
        {
            Add(ref targets, block.At(field.Name), block.At(field.Value));
        }

        return targets is null ? [] : [.. targets];
    }

    /// <summary>The targets in a response's own fields. Most have none, and then nothing is allocated.</summary>
    public static PreloadTarget[] Of(FieldBuffer own)
    {
        List<PreloadTarget>? targets = null;
        foreach (ref readonly FieldEntry field in own.Fields)
        {
            Add(ref targets, own.At(field.Name), own.At(field.Value));
        }

        return targets is null ? [] : [.. targets];
    }

    private static void Add(ref List<PreloadTarget>? targets, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "Link"u8))
        {
            AddLinks(targets ??= [], value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "X-Associated-Content"u8))
        {
            AddAssociated(targets ??= [], value);
        }
    }

    // RFC 8288 §3: <target>; parameter; parameter="value", <target> …
    private static void AddLinks(List<PreloadTarget> targets, ReadOnlySpan<byte> value)
    {
        while (value.IndexOf((byte)'<') is >= 0 and var open)
        {
            value = value[(open + 1)..];
            int close = value.IndexOf((byte)'>');
            if (close < 0)
            {
                return;
            }

            ReadOnlySpan<byte> target = value[..close];
            value = value[(close + 1)..];
            ReadOnlySpan<byte> parameters = value[..LengthUntil((byte)',', value)];
            value = value[parameters.Length..];
            if (IsPreload(parameters, out bool isCritical))
            {
                targets.Add(new PreloadTarget(target.ToArray(), isCritical));
            }
        }
    }

    // How much stands before the next delimiter that is in no quoted string.
    private static int LengthUntil(byte delimiter, ReadOnlySpan<byte> value)
    {
        bool isQuoted = false;
        for (int i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case (byte)'\\' when isQuoted:
                    i++;
                    break;
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case var b when b == delimiter && !isQuoted:
                    return i;
            }
        }

        return value.Length;
    }

    // Preload (W3C): rel is a list of relations; nopush asks that the resource be not pushed. critical is mod_http2's.
    private static bool IsPreload(ReadOnlySpan<byte> parameters, out bool isCritical)
    {
        bool isPreload = false;
        isCritical = false;
        while (!parameters.IsEmpty)
        {
            int length = LengthUntil((byte)';', parameters);
            ReadOnlySpan<byte> parameter = FieldRules.Trim(parameters[..length]);
            parameters = parameters[Math.Min(length + 1, parameters.Length)..];
            if (Ascii.EqualsIgnoreCase(parameter, "nopush"u8))
            {
                return false;
            }

            isCritical |= Ascii.EqualsIgnoreCase(parameter, "critical"u8);
            if (parameter.Length > 4 && Ascii.EqualsIgnoreCase(parameter[..4], "rel="u8))
            {
                isPreload |= HasRelation(parameter[4..].Trim((byte)'"'));
            }
        }

        return isPreload;
    }

    private static bool HasRelation(ReadOnlySpan<byte> relations)
    {
        foreach (Range range in relations.Split((byte)' '))
        {
            if (Ascii.EqualsIgnoreCase(relations[range], "preload"u8))
            {
                return true;
            }
        }

        return false;
    }

    // mod_spdy's field, as the notes have it: "URL":priority, "URL" …
    private static void AddAssociated(List<PreloadTarget> targets, ReadOnlySpan<byte> value)
    {
        while (value.IndexOf((byte)'"') is >= 0 and var open)
        {
            value = value[(open + 1)..];
            int close = value.IndexOf((byte)'"');
            if (close < 0)
            {
                return;
            }

            targets.Add(new PreloadTarget(value[..close].ToArray(), IsCritical: false));
            value = value[(close + 1)..];
        }
    }
}
