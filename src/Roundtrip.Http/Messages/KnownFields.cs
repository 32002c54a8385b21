using System.Text;

namespace Roundtrip.Http;

/// <summary>Maps field names to <see cref="KnownField"/>, without regard to ASCII case (RFC 9110 section 5.1).</summary>
public static class KnownFields
{
    private static readonly byte[][] Names = BuildNames();

    // By (length, first letter, last letter) the known names are all but unique; Slots holds the first of a chain, Next the rest.
    private static readonly byte[] Slots = new byte[256];
    private static readonly byte[] Next = new byte[64];

    static KnownFields()
    {
        for (int id = 1; id < Names.Length; id++)
        {
            ref byte slot = ref Slots[Hash(Names[id])];
            Next[id] = slot;
            slot = (byte)id;
        }
    }

    /// <summary>The field that has this name, or <see cref="KnownField.None"/>.</summary>
    public static KnownField Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return KnownField.None;
        }

        for (byte id = Slots[Hash(name)]; id != 0; id = Next[id])
        {
            if (Ascii.EqualsIgnoreCase(Names[id], name))
            {
                return (KnownField)id;
            }
        }

        return KnownField.None;
    }

    /// <summary>The field's name as it is written, in ASCII.</summary>
    public static ReadOnlySpan<byte> NameOf(KnownField field) => Names[(int)field];

    private static byte Hash(ReadOnlySpan<byte> name) =>
        (byte)((name.Length * 31) ^ ((name[0] | 0x20) * 7) ^ ((name[^1] | 0x20) * 3));

    private static byte[][] BuildNames()
    {
        string[] names =
        [
            "", "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
            "Access-Control-Request-Method", "Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length",
            "Content-Type", "Cookie", "Expect", "Forwarded", "Host", "HTTP2-Settings", "If-Match", "If-Modified-Since", "If-None-Match",
            "If-Range", "If-Unmodified-Since", "Keep-Alive", "Last-Event-ID", "Origin", "Pragma", "Priority", "Proxy-Connection", "Range",
            "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Purpose", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "TE", "Trailer",
            "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "X-Forwarded-For",
        ];
        return Array.ConvertAll(names, Encoding.ASCII.GetBytes);
    }
}
