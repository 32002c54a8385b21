using System.Buffers.Text;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Programs;

namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>The head of a worker's response: a status such as <c>200 OK</c>, then names and values, parted by NUL.</summary>
/// <param name="Reason">Where the reason phrase is in the text.</param>
/// <param name="HasFields">Whether there are any.</param>
/// <param name="ContentLength">What the application said; less than 0 for nothing.</param>
internal readonly record struct ResponseText(int Status, Range Reason, bool HasFields, long ContentLength)
{
    private const byte Nul = 0;

    /// <summary>Reads it, and adds the fields to <paramref name="to"/>, but for Content-Length, Date and Server, which the server writes itself.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? TryRead(ReadOnlySpan<byte> text, FieldBuffer to, out ResponseText head)
    {
        head = default;
        ReadOnlySpan<byte> status = Cut(ref text, out bool hasFields);
        if (status.Length < 3 || !Utf8Parser.TryParse(status[..3], out int code, out int digits) || digits != 3 || code < 200 || (status.Length > 3 && status[3] != ' ') || !FieldRules.IsValue(status))
        {
            return "the application's status is none";
        }

        long length = -1;
        for (bool isMore = hasFields; isMore;)
        {
            ReadOnlySpan<byte> name = Cut(ref text, out bool hasValue);
            ReadOnlySpan<byte> value = FieldRules.Trim(Cut(ref text, out isMore));
            if (!hasValue || !FieldRules.IsToken(name) || !FieldRules.IsValue(value))
            {
                return $"the application's field '{ProgramFields.Shown(name)}' can stand in no response";
            }

            // PEP 3333, Other HTTP Features: "applications are forbidden to use these".
            if (ProgramFields.IsHopByHop(name))
            {
                return $"the application gives the field {ProgramFields.Shown(name)}, which is the server's (PEP 3333, Other HTTP Features)";
            }

            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                if (!ProgramFields.TryReadLength(value, ref length))
                {
                    return $"the application's Content-Length is '{ProgramFields.Shown(value)}'";
                }
            }
            else if (!ProgramFields.IsWrittenByServer(name))
            {
                to.Add(name, value);
            }
        }

        head = new ResponseText(code, Math.Min(4, status.Length)..status.Length, hasFields, length);
        return null;
    }

    /// <summary>The fields of an interim response; null where one can stand in none.</summary>
    public static FieldBlock? ToHints(ReadOnlySpan<byte> text)
    {
        var fields = new List<(string, string)>();
        for (bool isMore = true; isMore;)
        {
            ReadOnlySpan<byte> name = Cut(ref text, out bool hasValue);
            ReadOnlySpan<byte> value = FieldRules.Trim(Cut(ref text, out isMore));
            if (!hasValue || !FieldRules.IsToken(name) || !FieldRules.IsValue(value) || ProgramFields.IsHopByHop(name) || Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                return null;
            }

            fields.Add((Encoding.Latin1.GetString(name), Encoding.Latin1.GetString(value)));
        }

        return FieldBlock.Create([.. fields]);
    }

    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> text, out bool isMore)
    {
        int nul = text.IndexOf(Nul);
        isMore = nul >= 0;
        ReadOnlySpan<byte> part = isMore ? text[..nul] : text;
        text = isMore ? text[(nul + 1)..] : default;
        return part;
    }
}
