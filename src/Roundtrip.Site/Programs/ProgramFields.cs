using System.Buffers.Text;
using System.Text;

namespace Roundtrip.Site.Programs;

/// <summary>The fields of a program's response: which are the server's to write, and how those that frame it are read.</summary>
internal static class ProgramFields
{
    /// <summary>RFC 9110 section 7.6.1: fields of a connection, of which a program knows nothing.</summary>
    public static bool IsHopByHop(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Ascii.EqualsIgnoreCase(name, "te"u8),
        7 => Ascii.EqualsIgnoreCase(name, "upgrade"u8) || Ascii.EqualsIgnoreCase(name, "trailer"u8),
        8 => Ascii.EqualsIgnoreCase(name, "trailers"u8),
        10 => Ascii.EqualsIgnoreCase(name, "connection"u8) || Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        18 => Ascii.EqualsIgnoreCase(name, "proxy-authenticate"u8),
        19 => Ascii.EqualsIgnoreCase(name, "proxy-authorization"u8),
        _ => false,
    };

    /// <summary>Reads a Content-Length.</summary>
    /// <param name="length">What an earlier one has said, with which it must agree; less than 0 for nothing.</param>
    /// <returns>False where it is no length, or another one.</returns>
    public static bool TryReadLength(ReadOnlySpan<byte> value, ref long length)
    {
        if (!Utf8Parser.TryParse(value, out long said, out int used) || used != value.Length || said < 0 || (length >= 0 && said != length))
        {
            return false;
        }

        length = said;
        return true;
    }

    /// <summary>What a program said, for the log: its beginning.</summary>
    public static string Shown(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes.Length > 64 ? bytes[..64] : bytes);

    /// <summary>Fields that the server writes by itself, whatever a program says of them.</summary>
    public static bool IsWrittenByServer(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "date"u8) || Ascii.EqualsIgnoreCase(name, "server"u8);
}
