using System.Buffers;
using System.Text;

namespace Roundtrip.Site.Cors;

/// <summary>The form of an origin in the Origin field (HTML Standard, "serialization of an origin"): scheme, host and, unless it is the scheme's own, the port, in lower case.</summary>
internal static class SerializedOrigin
{
    private static readonly SearchValues<byte> SchemeBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-."u8);
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._"u8);
    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdef:."u8);

    /// <summary>Whether it has the form of an origin that is a tuple: not <c>null</c>, and nothing but one origin. The default port is not looked for.</summary>
    public static bool IsTuple(ReadOnlySpan<byte> origin)
    {
        int scheme = origin.IndexOf("://"u8);
        if (scheme < 1 || !char.IsAsciiLetterLower((char)origin[0]) || origin[..scheme].ContainsAnyExcept(SchemeBytes))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = origin[(scheme + 3)..];
        int end = rest.StartsWith("["u8) ? rest.IndexOf((byte)']') + 1 : rest.IndexOf((byte)':') is var colon && colon < 0 ? rest.Length : colon;
        ReadOnlySpan<byte> host = rest[..end];
        return (host.StartsWith("["u8) ? IsAddress(host[1..^1]) : IsName(host)) && IsPort(rest[end..]);
    }

    /// <summary>An origin as browsers say it; null for what has no host.</summary>
    public static string? Canonical(string word)
    {
        if (!Uri.TryCreate(word, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            return null;
        }

        string host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
    }

    /// <returns>The word, which is an origin as a browser says it.</returns>
    /// <exception cref="FormatException">It is none; the message has the right form where there is one.</exception>
    public static string Checked(string word)
    {
        if (IsTuple(Encoding.UTF8.GetBytes(word)) && Canonical(word) == word)
        {
            return word;
        }

        throw new FormatException(Canonical(word) is { } right && IsTuple(Encoding.UTF8.GetBytes(right))
            ? $"no browser says '{word}': its form is {right}"
            : $"'{word}' is no origin: it is a scheme, a host and perhaps a port, as in https://example.org:8443");
    }

    private static bool IsName(ReadOnlySpan<byte> host) => !host.IsEmpty && host[0] != '.' && host[^1] != '.' && host.IndexOf(".."u8) < 0
        && !host.ContainsAnyExcept(NameBytes);

    private static bool IsAddress(ReadOnlySpan<byte> address) => !address.IsEmpty && !address.ContainsAnyExcept(AddressBytes);

    private static bool IsPort(ReadOnlySpan<byte> port) => port.IsEmpty
        || (port.Length is >= 2 and <= 6 && port[0] == ':' && port[1] != '0' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
}
