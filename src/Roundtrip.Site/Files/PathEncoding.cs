using System.Buffers;
using System.Text;

namespace Roundtrip.Site.Files;

/// <summary>Percent-encodes a path (RFC 3986 section 2.1).</summary>
internal static class PathEncoding
{
    // RFC 3986 section 3.3: pchar, less the apostrophe, which an attribute of HTML may end at, plus the slash.
    private static readonly SearchValues<byte> Unencoded =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$()*+,;=:@/"u8);

    /// <returns>ASCII that can stand in a field and, as it is, in an attribute.</returns>
    public static string Encode(ReadOnlySpan<byte> path)
    {
        const string Hex = "0123456789ABCDEF";
        var text = new StringBuilder(path.Length + 16);
        foreach (byte octet in path)
        {
            _ = Unencoded.Contains(octet) ? text.Append((char)octet) : text.Append('%').Append(Hex[octet >> 4]).Append(Hex[octet & 15]);
        }

        return text.ToString();
    }

    /// <summary>Encodes what may not stand in a URL at all, and leaves alone what has a meaning there, percent signs too.</summary>
    public static string EncodeUrl(string url)
    {
        const string Hex = "0123456789ABCDEF";
        var text = new StringBuilder(url.Length + 16);
        foreach (byte octet in Encoding.UTF8.GetBytes(url))
        {
            _ = octet is > 0x20 and < 0x7F and not ((byte)'"' or (byte)'<' or (byte)'>' or (byte)'\\')
                ? text.Append((char)octet)
                : text.Append('%').Append(Hex[octet >> 4]).Append(Hex[octet & 15]);
        }

        return text.ToString();
    }
}
