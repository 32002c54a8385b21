using System.Text;

namespace Roundtrip.Http;

/// <summary>What a request's Accept-Encoding says of each coding (RFC 9110 section 12.5.3).</summary>
public struct AcceptEncoding
{
    private const short Unsaid = -1;

    private short _brotli;
    private short _zstandard;
    private short _gzip;
    private short _identity;
    private short _any;

    /// <summary>Reads all lines of the field.</summary>
    public static AcceptEncoding Of(RequestHead request)
    {
        AcceptEncoding accept = default;
        accept._brotli = accept._zstandard = accept._gzip = accept._identity = accept._any = Unsaid;
        if (request.Has(KnownField.AcceptEncoding))
        {
            foreach (ref readonly FieldEntry entry in request.Fields)
            {
                if (entry.Known == KnownField.AcceptEncoding)
                {
                    accept.Add(request.At(entry.Value));
                }
            }
        }

        return accept;
    }

    /// <summary>
    /// The weight of a coding in thousandths, 0 where it is not acceptable. Identity is acceptable unless it is excluded, but behind all that was asked for:
    /// unless something is said of it, its weight is 0 too, and it is what is left.
    /// </summary>
    public readonly int Weight(ContentCoding coding)
    {
        short said = coding switch
        {
            ContentCoding.Brotli => _brotli,
            ContentCoding.Zstandard => _zstandard,
            ContentCoding.Gzip => _gzip,
            _ => _identity,
        };
        return Math.Max(0, (int)(said == Unsaid ? _any : said));
    }

    /// <summary>Reads one line of the field. Elements that are no coding with a weight are skipped.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> item = comma < 0 ? value : value[..comma];
            value = comma < 0 ? default : value[(comma + 1)..];

            int semicolon = item.IndexOf((byte)';');
            ReadOnlySpan<byte> name = FieldRules.Trim(semicolon < 0 ? item : item[..semicolon]);
            short weight = semicolon < 0 ? (short)1000 : ParseWeight(FieldRules.Trim(item[(semicolon + 1)..]));
            if (weight >= 0)
            {
                Set(name, weight);
            }
        }
    }

    private void Set(ReadOnlySpan<byte> name, short weight)
    {
        // RFC 9110 §8.4.1: content codings are case-insensitive; §8.4.1.3: x-gzip is gzip.
        if (Ascii.EqualsIgnoreCase(name, "br"u8))
        {
            _brotli = weight;
        }
        else if (Ascii.EqualsIgnoreCase(name, "zstd"u8))
        {
            _zstandard = weight;
        }
        else if (Ascii.EqualsIgnoreCase(name, "gzip"u8) || Ascii.EqualsIgnoreCase(name, "x-gzip"u8))
        {
            _gzip = weight;
        }
        else if (Ascii.EqualsIgnoreCase(name, "identity"u8))
        {
            _identity = weight;
        }
        else if (name.SequenceEqual("*"u8))
        {
            _any = weight;
        }
    }

    // RFC 9110 §12.4.2: q=0 to q=1 with at most three decimals. -1 for anything else.
    private static short ParseWeight(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 3 or > 7 || (text[0] | 0x20) != 'q' || text[1] != '=' || text[2] is not ((byte)'0' or (byte)'1')
            || (text.Length > 3 && text[3] != '.'))
        {
            return -1;
        }

        int weight = (text[2] - '0') * 1000;
        int unit = 100;
        foreach (byte digit in text.Length > 4 ? text[4..] : default)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            weight += (digit - '0') * unit;
            unit /= 10;
        }

        return weight > 1000 ? (short)-1 : (short)weight;
    }
}
