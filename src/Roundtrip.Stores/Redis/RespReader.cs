using System.Globalization;

namespace Roundtrip.Stores.Redis;

/// <summary>Reads replies of RESP2 (Redis serialization protocol specification) from a stream.</summary>
internal sealed class RespReader(Stream input)
{
    // A stretch of a stream has no more than this, by far.
    private const int MaximumLength = 256 * 1024 * 1024;
    private const int MaximumItems = 1024 * 1024;
    private const int MaximumLine = 64 * 1024;
    private const int MaximumDepth = 8;

    private readonly List<byte> _line = [];

    /// <exception cref="RedisException">It is no RESP2, or ends.</exception>
    public RespValue Read() => Read(0);

    private RespValue Read(int depth)
    {
        byte[] line = ReadLine();
        if (line.Length == 0 || depth > MaximumDepth)
        {
            throw Wrong();
        }

        ReadOnlyMemory<byte> rest = line.AsMemory(1);
        switch (line[0])
        {
            case (byte)'+':
            case (byte)':':
                return new RespValue { Bytes = rest };

            case (byte)'-':
                return new RespValue { Bytes = rest, IsError = true };

            case (byte)'$':
                return Length(rest.Span, MaximumLength) is int length and >= 0 ? new RespValue { Bytes = ReadBytes(length) } : new RespValue { IsNull = true };

            case (byte)'*':
                return Length(rest.Span, MaximumItems) is int count and >= 0 ? new RespValue { Items = ReadItems(count, depth) } : new RespValue { IsNull = true };

            default:
                throw Wrong();
        }
    }

    private static RedisException Wrong() => new("what answers is no Redis server");

    private static int Length(ReadOnlySpan<byte> text, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int length) && length >= -1 && length <= most ? length : throw Wrong();

    // The array grows as items come: a length alone takes no memory.
    private RespValue[] ReadItems(int count, int depth)
    {
        var items = new List<RespValue>(Math.Min(count, 256));
        while (items.Count < count)
        {
            items.Add(Read(depth + 1));
        }

        return [.. items];
    }

    private byte[] ReadBytes(int length)
    {
        byte[] bytes = new byte[length];
        input.ReadExactly(bytes);
        if (input.ReadByte() != '\r' || input.ReadByte() != '\n')
        {
            throw Wrong();
        }

        return bytes;
    }

    private byte[] ReadLine()
    {
        _line.Clear();
        while (true)
        {
            int next = input.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException();
            }

            if (next == '\n' && _line.Count > 0 && _line[^1] == '\r')
            {
                return [.. _line[..^1]];
            }

            if (_line.Count == MaximumLine)
            {
                throw Wrong();
            }

            _line.Add((byte)next);
        }
    }
}
