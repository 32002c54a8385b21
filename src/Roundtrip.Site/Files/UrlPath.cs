using System.Buffers;
using System.Runtime.CompilerServices;

namespace Roundtrip.Site.Files;

/// <summary>
/// The path of a URL, decoded once and free of <c>.</c>, <c>..</c> and empty segments: the name under which a resource is known here. It begins with a slash.
/// It is no path of a file, and a type of its own so that it is not taken for one.
/// </summary>
internal readonly ref struct UrlPath
{
    /// <summary>The longest decoded path in bytes: what a file's path can be, and its slash.</summary>
    public const int MaximumLength = 4096;

    private static readonly SearchValues<byte> Special = SearchValues.Create("%\0"u8);

    private UrlPath(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The path without its first slash.</summary>
    public ReadOnlySpan<byte> Relative => Bytes[1..];

    /// <summary>Whether the path names a directory: it ends in a slash.</summary>
    public bool NamesDirectory => Bytes[^1] == '/';

    /// <summary>Reads the path of a request target, still encoded.</summary>
    /// <param name="scratch"><see cref="MaximumLength"/> bytes, which must outlive <paramref name="path"/>.</param>
    public static UrlPathResult TryResolve(ReadOnlySpan<byte> raw, Span<byte> scratch, out UrlPath path)
    {
        if (IsPlain(raw))
        {
            path = new UrlPath(raw);
            return raw.Length <= MaximumLength ? UrlPathResult.Ok : UrlPathResult.TooLong;
        }

        return TryResolveSlowly(raw, scratch, out path);
    }

    /// <summary>Whether a path is what it decodes to. What this says must be what <see cref="TryResolveSlowly"/> gives (a test holds that).</summary>
    public static bool IsPlain(ReadOnlySpan<byte> raw) =>
        !raw.IsEmpty && raw[0] == '/' && !raw.ContainsAny(Special) && raw.IndexOf("//"u8) < 0 && raw.IndexOf("/."u8) < 0;

    public static UrlPathResult TryResolveSlowly(ReadOnlySpan<byte> raw, Span<byte> scratch, out UrlPath path)
    {
        path = default;
        if (raw.IsEmpty || raw[0] != '/')
        {
            return UrlPathResult.Malformed;
        }

        var writer = new SegmentWriter(scratch[..MaximumLength]);
        bool hasEncodedSlash = false;
        for (int i = 1; i < raw.Length; i++)
        {
            byte octet = raw[i];
            if (octet == '/')
            {
                if (!writer.TryEndSegment(isLast: false))
                {
                    return UrlPathResult.Malformed;
                }

                continue;
            }

            if (octet == '%')
            {
                if (!TryDecode(raw[(i + 1)..], out octet))
                {
                    return UrlPathResult.Malformed;
                }

                i += 2;

                // httpd's AllowEncodedSlashes Off, and the same for the two octets that other programs take for a separator or an end. The
                // rest is still looked at: a malformed path is 400 before it is 404.
                hasEncodedSlash |= octet is (byte)'/' or (byte)'\\' or 0;
            }
            else if (octet == 0)
            {
                return UrlPathResult.Malformed;
            }

            if (!writer.TryWrite(octet))
            {
                return UrlPathResult.TooLong;
            }
        }

        if (!writer.TryEndSegment(isLast: true))
        {
            return UrlPathResult.Malformed;
        }

        path = new UrlPath(scratch[..writer.Length]);
        return hasEncodedSlash ? UrlPathResult.EncodedSlash : UrlPathResult.Ok;
    }

    private static bool TryDecode(ReadOnlySpan<byte> digits, out byte octet)
    {
        octet = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigit((char)digits[0]) || !char.IsAsciiHexDigit((char)digits[1]))
        {
            return false;
        }

        octet = (byte)((HexValue(digits[0]) << 4) | HexValue(digits[1]));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    // Writes decoded segments and takes "." and ".." out as each one ends (RFC 3986 section 5.2.4). httpd's MergeSlashes: empty segments go too.
    private ref struct SegmentWriter
    {
        private readonly Span<byte> _room;
        private int _segment;

        public SegmentWriter(Span<byte> room)
        {
            _room = room;
            _room[0] = (byte)'/';
            Length = _segment = 1;
        }

        public int Length { get; private set; }

        public bool TryWrite(byte octet)
        {
            if (Length == _room.Length)
            {
                return false;
            }

            _room[Length++] = octet;
            return true;
        }

        /// <returns>False when a ".." leads above the root, or the slash finds no room.</returns>
        public bool TryEndSegment(bool isLast)
        {
            ReadOnlySpan<byte> segment = _room[_segment..Length];
            if (segment.SequenceEqual("."u8))
            {
                Length = _segment;
            }
            else if (segment.SequenceEqual(".."u8))
            {
                if (_segment == 1)
                {
                    return false;
                }

                Length = _segment = _room[..(_segment - 1)].LastIndexOf((byte)'/') + 1;
            }
            else if (!isLast && !segment.IsEmpty)
            {
                if (!TryWrite((byte)'/'))
                {
                    return false;
                }

                _segment = Length;
            }

            return true;
        }
    }
}

internal enum UrlPathResult : byte
{
    Ok,

    /// <summary>400: no path, an invalid percent-encoding, or a path that leads above the root.</summary>
    Malformed,

    /// <summary>404: an encoded slash, backslash or NUL.</summary>
    EncodedSlash,

    /// <summary>414.</summary>
    TooLong,
}
