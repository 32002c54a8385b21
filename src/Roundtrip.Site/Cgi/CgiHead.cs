using System.Buffers.Text;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Programs;

namespace Roundtrip.Site.Cgi;

/// <summary>The header section of a script's output (RFC 3875 section 6).</summary>
/// <param name="Status">What Status said; without it that of what is answered, or 302 for a Location that leads elsewhere.</param>
/// <param name="Reason">What stood behind it: the response's reason phrase; empty for the status code's own.</param>
/// <param name="Location">The path on this server from which the answer is to come instead (section 6.2.2, local redirect); empty for none.</param>
/// <param name="ContentLength">Less than 0 where nothing said it.</param>
internal readonly record struct CgiHead(int Status, string Reason, string Location, long ContentLength)
{
    /// <summary>What a header section has at most, in bytes.</summary>
    public const int MaximumLength = 64 * 1024;

    /// <summary>How many fields it has at most.</summary>
    public const int MaximumFields = 200;

    /// <summary>Where the content begins, behind the empty line; -1 as long as that has not come. Lines end in LF or CRLF.</summary>
    public static int LengthOf(ReadOnlySpan<byte> output)
    {
        int at = 0;
        while (output[at..].IndexOf((byte)'\n') is >= 0 and int line)
        {
            if (line == 0 || (line == 1 && output[at] == '\r'))
            {
                return at + line + 1;
            }

            at += line + 1;
        }

        return -1;
    }

    /// <summary>Reads a whole header section, and adds its fields to <paramref name="to"/>, but for those that the server writes itself.</summary>
    /// <param name="section">With its empty line.</param>
    /// <param name="hasStatusLine">Whether it begins as a response does (section 5, NPH scripts).</param>
    /// <param name="usual">The status where it says none: 200, or that of the error whose document it is.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? TryRead(ReadOnlySpan<byte> section, bool hasStatusLine, int usual, FieldBuffer to, out CgiHead head)
    {
        head = default;
        int status = 0, count = 0;
        long length = -1;
        string location = "", reason = "";
        if (hasStatusLine)
        {
            ReadOnlySpan<byte> line = CutLine(ref section);
            int blank = line.IndexOf((byte)' ');
            if (!line.StartsWith("HTTP/"u8) || blank < 0 || !TryStatus(line[(blank + 1)..], out status, out reason))
            {
                return $"the status line of an nph- script is '{ProgramFields.Shown(line)}'";
            }
        }

        while (true)
        {
            ReadOnlySpan<byte> line = CutLine(ref section);
            if (line.IsEmpty)
            {
                break;
            }

            int colon = line.IndexOf((byte)':');
            ReadOnlySpan<byte> name = colon < 0 ? default : line[..colon];
            ReadOnlySpan<byte> value = FieldRules.Trim(line[(colon + 1)..]);
            if (!FieldRules.IsToken(name) || !FieldRules.IsValue(value))
            {
                return $"malformed header: '{ProgramFields.Shown(line)}'";
            }

            if (++count > MaximumFields)
            {
                return $"more than {MaximumFields} header fields";
            }

            if (Ascii.EqualsIgnoreCase(name, "status"u8))
            {
                if (!TryStatus(value, out status, out reason))
                {
                    return $"malformed header: '{ProgramFields.Shown(line)}'";
                }
            }
            else if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                if (!ProgramFields.TryReadLength(value, ref length))
                {
                    return $"malformed header: '{ProgramFields.Shown(line)}'";
                }
            }
            else if (Ascii.EqualsIgnoreCase(name, "location"u8))
            {
                location = Encoding.Latin1.GetString(value);
            }
            else if (!ProgramFields.IsHopByHop(name) && !ProgramFields.IsWrittenByServer(name))
            {
                to.Add(name, value);
            }
        }

        if (count == 0 && !hasStatusLine)
        {
            return "the header is empty";
        }

        // mod_cgi: a path without a status is taken up by the server itself.
        bool isLocal = status is 0 or 200 && location.Length > 0 && location[0] == '/' && !hasStatusLine;
        if (location.Length > 0 && !isLocal)
        {
            to.Add("Location"u8, Encoding.Latin1.GetBytes(location));
        }

        head = new CgiHead(status != 0 ? status : location.Length == 0 ? usual : 302, reason, isLocal ? location : "", length);
        return null;
    }

    private static bool TryStatus(ReadOnlySpan<byte> text, out int status, out string reason)
    {
        reason = text.Length > 4 && FieldRules.IsValue(text[4..]) ? Encoding.Latin1.GetString(FieldRules.Trim(text[4..])) : "";
        return Utf8Parser.TryParse(text.Length > 3 ? text[..3] : text, out status, out int digits) && digits == 3 && status is >= 200 and < 1000
            && (text.Length == 3 || text[3] is (byte)' ' or (byte)'\t');
    }

    private static ReadOnlySpan<byte> CutLine(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
