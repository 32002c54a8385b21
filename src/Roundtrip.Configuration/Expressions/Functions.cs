using System.Security.Cryptography;
using System.Text;

namespace Roundtrip.Configuration.Expressions;

/// <summary>A function of one text, or of several.</summary>
internal sealed class FunctionCall(Func<Evaluation, string[], string?> function, IReadOnlyList<WordNode> arguments) : WordNode
{
    public override string Value(Evaluation evaluation)
    {
        string[] values = [.. arguments.Select(argument => argument.Value(evaluation))];
        return evaluation.Fault is null ? evaluation.Bounded(function(evaluation, values)) : "";
    }
}

/// <summary>The functions by name, whose case does not matter. Bytes are those of UTF-8.</summary>
internal static class Functions
{
    // ap_escape_uri leaves these, letters and digits as they are.
    private const string Unescaped = "$-_.+!*'(),:@&=/~";

    /// <returns>Null for a name that is none.</returns>
    /// <param name="arity">How many arguments it takes.</param>
    /// <param name="isFile">Whether it looks at files.</param>
    public static Func<Evaluation, string[], string?>? Find(string name, out int arity, out bool isFile)
    {
        string known = name.ToUpperInvariant();
        arity = known == "REPLACE" ? 3 : 1;
        isFile = known is "FILE" or "FILESIZE" or "FILEMOD";
        return known switch
        {
            "REQ" or "HTTP" => (e, a) => e.Context.RequestHeader(a[0], varies: !a[0].Equals("Host", StringComparison.OrdinalIgnoreCase)),
            "REQ_NOVARY" => (e, a) => e.Context.RequestHeader(a[0], varies: false),
            "RESP" => (e, a) => e.Context.ResponseHeader(a[0]),
            "REQENV" => (e, a) => e.Context.RequestEnvironment(a[0]),
            "OSENV" => (e, a) => e.Context.ServerEnvironment(a[0]),
            "NOTE" => (e, a) => e.Context.Note(a[0]),
            "ENV" => (e, a) => e.Context.Note(a[0]) ?? e.Context.RequestEnvironment(a[0]) ?? e.Context.ServerEnvironment(a[0]),
            "TOLOWER" => (_, a) => Fold(a[0], 'A', 'Z'),
            "TOUPPER" => (_, a) => Fold(a[0], 'a', 'z'),
            "ESCAPE" => (_, a) => Escape(a[0]),
            "UNESCAPE" => (_, a) => Unescape(a[0]),
            "BASE64" => (_, a) => Convert.ToBase64String(Encoding.UTF8.GetBytes(a[0])),
            "UNBASE64" => (_, a) => Unbase64(a[0]),
#pragma warning disable CA5350, CA5351 // The functions are named after these hashes; nothing is kept safe by them here.
            "MD5" => (_, a) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(a[0]))),
            "SHA1" => (_, a) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(a[0]))),
#pragma warning restore CA5350, CA5351
            "REPLACE" => (_, a) => a[1].Length == 0 ? a[0] : Replace(a[0], a[1], a[2]),
            "FILE" => ReadFile,
            "FILESIZE" => (e, a) => e.Context.File(a[0]) is { IsRegular: true } file ? $"{file.Size}" : "0",
            "FILEMOD" => (e, a) => e.Context.File(a[0]) is { IsRegular: true } file ? $"{file.Modified}" : "0",
            _ => null,
        };
    }

    private static string? ReadFile(Evaluation evaluation, string[] arguments)
    {
        string? text = evaluation.Context.ReadFile(arguments[0], Expression.MaximumText);
        if (text is null)
        {
            evaluation.Fail($"Cannot read file {arguments[0]}");
        }

        return text;
    }

    // ASCII's letters only, as in the C locale.
    private static string Fold(string text, char first, char last) =>
        string.Create(text.Length, (text, first, last), static (result, from) =>
        {
            for (int i = 0; i < result.Length; i++)
            {
                char c = from.text[i];
                result[i] = c >= from.first && c <= from.last ? (char)(c ^ 0x20) : c;
            }
        });

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || Unescaped.Contains((char)b))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('%').Append(Convert.ToHexStringLower([b]));
            }
        }

        return escaped.ToString();
    }

    // ap_unescape_url_keep2f: %2F stays as it is; a % that escapes nothing, or %00, leaves nothing of the whole.
    private static string Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        byte[] from = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] != '%')
            {
                bytes.Add(from[i]);
                continue;
            }

            if (i + 2 >= from.Length || !char.IsAsciiHexDigit((char)from[i + 1]) || !char.IsAsciiHexDigit((char)from[i + 2]))
            {
                return "";
            }

            int value = Convert.ToInt32(Encoding.ASCII.GetString(from, i + 1, 2), 16);
            if (value == 0)
            {
                return "";
            }

            if (value == '/')
            {
                bytes.AddRange(from.AsSpan(i, 3));
            }
            else
            {
                bytes.Add((byte)value);
            }

            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    // As apr_base64_decode: up to the first character that is none of its alphabet.
    private static string Unbase64(string text)
    {
        int end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '+' or '/'))
        {
            end++;
        }

        end -= end % 4 == 1 ? 1 : 0;
        return Encoding.UTF8.GetString(Convert.FromBase64String(text[..end].PadRight((end + 3) / 4 * 4, '=')));
    }

    // Bounded while it grows: a text of 64 Ki single letters could be replaced by as many of 64 Ki.
    private static string Replace(string text, string from, string to)
    {
        var result = new StringBuilder();
        int at = 0;
        for (int next; result.Length <= Expression.MaximumText && (next = text.IndexOf(from, at, StringComparison.Ordinal)) >= 0; at = next + from.Length)
        {
            result.Append(text, at, next - at).Append(to);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
