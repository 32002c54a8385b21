using System.Buffers;
using System.Buffers.Binary;

namespace Roundtrip.Transport.Tls;

/// <summary>The server_name extension of a ClientHello (RFC 6066 §3).</summary>
internal static class ServerNameExtension
{
    /// <summary>The longest name of the DNS.</summary>
    public const int MaximumLength = 255;

    private const byte HostName = 0;

    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    /// <summary>Finds the host name in the extension's content and writes it in lower case, without the dot at its end.</summary>
    /// <param name="name">At least <see cref="MaximumLength"/> bytes.</param>
    /// <returns>The bytes written; 0 when there is no name, or one that is not a host name.</returns>
    public static int Parse(ReadOnlySpan<byte> content, Span<byte> name)
    {
        // struct { NameType name_type; opaque HostName<1..2^16-1>; } ServerName; ServerName server_name_list<1..2^16-1>;
        if (content.Length < 5 || BinaryPrimitives.ReadUInt16BigEndian(content) != content.Length - 2 || content[2] != HostName)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        if (length > content.Length - 5)
        {
            return 0;
        }

        ReadOnlySpan<byte> host = content.Slice(5, length);
        if (host.Length > 0 && host[^1] == '.')
        {
            host = host[..^1];
        }

        if (host.IsEmpty || host.Length > MaximumLength || host.ContainsAnyExcept(Allowed))
        {
            return 0;
        }

        System.Text.Ascii.ToLower(host, name, out int written);
        return written;
    }
}
