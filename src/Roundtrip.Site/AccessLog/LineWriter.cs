using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Roundtrip.Core;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Mapping;

namespace Roundtrip.Site.AccessLog;

/// <summary>Writes one line into a block. What does not fit is not written, and <see cref="IsFull"/> says so: the line is then written anew elsewhere.</summary>
/// <param name="room">Where the line goes.</param>
/// <param name="longestValue">Each value that a client sent is cut after so many bytes as they came.</param>
internal ref struct LineWriter(Span<byte> room, int longestValue)
{
    // httpd's ap_escape_logitem: everything but printable ASCII, and the two that would end or change a quoted string.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private readonly Span<byte> _room = room;

    public int Length { get; private set; }

    public bool IsFull { get; private set; }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_room[Length..]))
        {
            Length += bytes.Length;
        }
        else
        {
            IsFull = true;
        }
    }

    public void Write(in LogText text)
    {
        if (text.TryWriteShort(_room[Length..]))
        {
            Length += text.Length;
        }
        else
        {
            Write(text.Bytes);
        }
    }

    public void Write(byte octet)
    {
        if (Length < _room.Length)
        {
            _room[Length++] = octet;
        }
        else
        {
            IsFull = true;
        }
    }

    public void Write(long number) => Write(number, default);

    public void Write(long number, StandardFormat format)
    {
        if (Utf8Formatter.TryFormat(number, _room[Length..], out int written, format))
        {
            Length += written;
        }
        else
        {
            IsFull = true;
        }
    }

    /// <summary>Writes what a client sent, escaped so that it cannot end its quotes or its line.</summary>
    public void WriteEscaped(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length > longestValue)
        {
            value = value[..longestValue];
        }

        while (!value.IsEmpty)
        {
            int plain = value.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                Write(value);
                return;
            }

            Write(value[..plain]);
            WriteEscape(value[plain]);
            value = value[(plain + 1)..];
        }
    }

    /// <summary>Writes text of the configuration, a name or a path, as UTF-8 and escaped.</summary>
    public void WriteText(string text)
    {
        if (PathText.HasEscapes(text))
        {
            WriteEscaped(PathText.Bytes(text));
            return;
        }

        Span<byte> bytes = stackalloc byte[192];
        ReadOnlySpan<char> rest = text;
        int room = longestValue;
        while (!rest.IsEmpty && room > 0)
        {
            Utf8.FromUtf16(rest, bytes, out int read, out int written);
            WriteEscaped(bytes[..Math.Min(written, room)]);
            rest = rest[read..];
            room -= written;
        }
    }

    /// <summary>Writes what was read byte for byte as text: the environment, notes. Escaped.</summary>
    public void WriteLatin1(string text)
    {
        Span<byte> bytes = stackalloc byte[192];
        ReadOnlySpan<char> rest = text.AsSpan(0, Math.Min(text.Length, longestValue));
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, bytes.Length);
            WriteEscaped(bytes[..Encoding.Latin1.GetBytes(rest[..count], bytes)]);
            rest = rest[count..];
        }
    }

    /// <summary>Writes a number with zeros before it.</summary>
    public void WritePadded(long number, byte digits) => Write(number, new StandardFormat('D', digits));

    public void WriteHex(long number) => Write(number, new StandardFormat('x'));

    /// <summary>Writes a time in a format of strftime, in the server's time zone.</summary>
    public void WriteTime(scoped ReadOnlySpan<byte> format, long unixMicroseconds)
    {
        var time = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond), TimeZoneInfo.Local);
        IsFull |= !Strftime.TryFormat(format, time, _room[Length..], out int written);
        Length += written;
    }

    /// <summary>Writes an address.</summary>
    public void Write(PeerAddress address)
    {
        const int Longest = 45;
        if (_room.Length - Length < Longest)
        {
            IsFull = true;
            return;
        }

        Length += address.FormatAddress(_room[Length..]);
    }

    private void WriteEscape(byte octet)
    {
        const string Hex = "0123456789abcdef";
        byte letter = octet switch
        {
            (byte)'"' or (byte)'\\' => octet,
            (byte)'\b' => (byte)'b',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\v' => (byte)'v',
            _ => 0,
        };
        Write((byte)'\\');
        if (letter != 0)
        {
            Write(letter);
            return;
        }

        Write((byte)'x');
        Write((byte)Hex[octet >> 4]);
        Write((byte)Hex[octet & 15]);
    }
}
