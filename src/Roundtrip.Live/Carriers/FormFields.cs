using System.Text;

namespace Roundtrip.Live.Carriers;

/// <summary>Names and values as application/x-www-form-urlencoded has them (URL Standard, section 5.1): a query, or the content of a form's POST.</summary>
public static class FormFields
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads all of them, in order.</summary>
    /// <param name="maximum">How many there may be.</param>
    /// <returns>Null where there are more, or one is not UTF-8, or a % is not followed by two hexadecimal digits.</returns>
    public static List<(string Name, string Value)>? TryRead(ReadOnlySpan<byte> text, int maximum)
    {
        var fields = new List<(string, string)>();
        foreach (Range range in text.Split((byte)'&'))
        {
            ReadOnlySpan<byte> pair = text[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            int equals = pair.IndexOf((byte)'=');
            if (fields.Count == maximum || Decode(equals < 0 ? pair : pair[..equals]) is not { } name || Decode(equals < 0 ? default : pair[(equals + 1)..]) is not { } value)
            {
                return null;
            }

            fields.Add((name, value));
        }

        return fields;
    }

    private static string? Decode(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == (byte)'%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out b))
                {
                    return null;
                }

                i += 2;
            }
            else if (b == (byte)'+')
            {
                b = (byte)' ';
            }

            bytes[length++] = b;
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
