using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>A server's answer, and what of it the two must have in common.</summary>
internal sealed partial class Answer
{
    private readonly List<(string Name, string Value)> _fields = [];

    private Answer(string whole)
    {
        int end = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] lines = whole[..Math.Max(0, end)].Split("\r\n");
        Status = lines[0].Split(' ') is [_, var status, ..] && int.TryParse(status, CultureInfo.InvariantCulture, out int number) ? number : 0;
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':');
            _fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        string body = end < 0 ? "" : whole[(end + 4)..];
        Body = Field("Transfer-Encoding") == "chunked" ? Unchunk(body) : body;
        if (Field("Content-Type") is var type && type.StartsWith("multipart/byteranges", StringComparison.Ordinal))
        {
            // The boundary is each server's own, and so are the case of its parts' field names and the empty line that may stand before the first.
            string boundary = type[(type.IndexOf('=') + 1)..];
            Body = Body.Replace(boundary, "boundary", StringComparison.Ordinal).ToUpperInvariant().TrimStart();
            _fields[_fields.FindIndex(field => field.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))] = ("Content-Type", "multipart/byteranges; boundary=boundary");
        }
    }

    /// <summary>0 where the connection was closed without an answer.</summary>
    public int Status { get; }

    public string Body { get; }

    public static Answer To(int port, string request)
    {
        using var client = new RawClient(port);
        client.Send(request);
        return new Answer(client.ReadToEnd());
    }

    public string Field(string name) => string.Join(", ", _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value));

    /// <summary>What is compared, by the name under which a difference speaks of it.</summary>
    /// <param name="authority">The host that was asked, against which Location is resolved.</param>
    public Dictionary<string, string> Compared(string authority, bool isFile)
    {
        // Pages that a server makes itself have its own words and type.
        bool isOwn = Status is >= 300 and not 304;
        var all = new Dictionary<string, string>
        {
            ["status"] = Status.ToString(CultureInfo.InvariantCulture),
            ["location"] = Resolve(Field("Location"), authority),
            ["type"] = isOwn ? "" : Field("Content-Type").Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(),
            ["encoding"] = Field("Content-Encoding"),
            ["language"] = Field("Content-Language").Replace(" ", "", StringComparison.Ordinal),
            ["vary"] = Sorted(Field("Vary")),
            ["cache-control"] = Field("Cache-Control"),
            ["expires"] = Field("Expires"),
            ["allow"] = Sorted(Field("Allow")),
            ["range"] = Field("Content-Range"),
            ["accept-ranges"] = isOwn ? "" : Field("Accept-Ranges"),
            ["etag"] = isOwn ? "" : Field("ETag").Length > 0 ? "there" : "",
            ["modified"] = isOwn ? "" : Field("Last-Modified"),
        };
        foreach (var group in _fields.Where(field => field.Name.StartsWith("X-", StringComparison.OrdinalIgnoreCase)).GroupBy(field => field.Name.ToUpperInvariant()))
        {
            all[group.Key] = string.Join(", ", group.Select(field => field.Value));
        }

        if (isFile && !isOwn)
        {
            // What is compressed differs by the compressor.
            all["body"] = Field("Content-Encoding") is "gzip" ? "compressed" : Body;
        }

        return all;
    }

    private static string Resolve(string location, string authority) =>
        location.Length > 0 && Uri.TryCreate(new Uri($"http://{authority}/"), location, out Uri? resolved) ? Escapes().Replace(resolved.AbsoluteUri, escape => escape.Value.ToUpperInvariant()) : location;

    [GeneratedRegex("%[0-9a-f]{2}", RegexOptions.IgnoreCase)]
    private static partial Regex Escapes();

    private static string Sorted(string list) => string.Join(",", list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.OrdinalIgnoreCase)).ToUpperInvariant();

    private static string Unchunk(string body)
    {
        var whole = new StringBuilder();
        for (int at = 0; ;)
        {
            int line = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0 || !int.TryParse(body[at..line].Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int size) || size == 0)
            {
                return whole.ToString();
            }

            whole.Append(body, line + 2, size);
            at = line + 2 + size + 2;
        }
    }
}
