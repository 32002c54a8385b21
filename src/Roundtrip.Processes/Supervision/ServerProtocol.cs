using System.Buffers.Binary;
using System.Text;
using Roundtrip.Processes.Control;

namespace Roundtrip.Processes.Supervision;

/// <summary>The messages between supervisor and server. All numbers are little-endian.</summary>
internal static class ServerProtocol
{
    /// <summary>To the server: number (4), count of names (2), each name's length (2) and UTF-8, then the service's payload. A descriptor each name.</summary>
    public const byte Generation = 1;

    public const byte Stop = 2;
    public const byte GracefulStop = 3;

    /// <summary>To the server: token (4), process (4), what comes with it (4): 1 for the socket, 2 for the reading end of the pipe, 3 for both.</summary>
    public const byte Started = 4;

    public const uint WithSocket = 1;
    public const uint WithOutput = 2;

    /// <summary>To the server: token (4).</summary>
    public const byte StartRefused = 5;

    /// <summary>To the server: token (4), exit code (4), signal (4).</summary>
    public const byte Exited = 6;

    /// <summary>From the server: the generation's number (4).</summary>
    public const byte Acknowledged = 16;

    /// <summary>From the server: the generation's number (4), a reason in UTF-8.</summary>
    public const byte Refused = 17;

    /// <summary>From the server: the generation's number (4), the index of a startable in it (4), a token of the server's choice (4).</summary>
    public const byte Start = 18;

    /// <summary>From the server: a token (4), a signal (4). For a program that this server has started, and for no other.</summary>
    public const byte Kill = 19;

    /// <summary>The supervisor runs as root and takes next to nothing.</summary>
    public static readonly ControlRules FromServer = new(new HashSet<byte> { Acknowledged, Refused, Start, Kill }, MaximumPayload: 1024, MaximumDescriptors: 0);

    public static readonly ControlRules FromSupervisor = new(
        new HashSet<byte> { Generation, Stop, GracefulStop, Started, StartRefused, Exited }, MaximumPayload: 256 * 1024 * 1024, MaximumDescriptors: 4096);

    public static byte[] Numbers(params ReadOnlySpan<uint> numbers)
    {
        byte[] bytes = new byte[numbers.Length * sizeof(uint)];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), numbers[i]);
        }

        return bytes;
    }

    /// <summary>The number at <paramref name="index"/>; false where the payload is too short for it.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> payload, int index, out uint number)
    {
        bool isThere = payload.Length >= (index + 1) * sizeof(uint);
        number = isThere ? BinaryPrimitives.ReadUInt32LittleEndian(payload[(index * sizeof(uint))..]) : 0;
        return isThere;
    }

    public static byte[] WriteGeneration(uint number, IEnumerable<string> names, ReadOnlySpan<byte> payload)
    {
        using var stream = new MemoryStream();
        List<byte[]> encoded = [.. names.Select(Encoding.UTF8.GetBytes)];
        Span<byte> two = stackalloc byte[2];
        stream.Write(Numbers(number));
        BinaryPrimitives.WriteUInt16LittleEndian(two, checked((ushort)encoded.Count));
        stream.Write(two);
        foreach (byte[] name in encoded)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(two, checked((ushort)name.Length));
            stream.Write(two);
            stream.Write(name);
        }

        stream.Write(payload);
        return stream.ToArray();
    }

    public static bool TryReadGeneration(ReadOnlyMemory<byte> message, out uint number, out List<string> names, out ReadOnlyMemory<byte> payload)
    {
        (names, payload) = ([], default);
        const int HeadLength = 6;
        if (!TryNumber(message.Span, 0, out number) || message.Length < HeadLength)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(message.Span[4..]);
        ReadOnlyMemory<byte> rest = message[HeadLength..];
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < 2 || rest.Length - 2 < BinaryPrimitives.ReadUInt16LittleEndian(rest.Span))
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span);
            names.Add(Encoding.UTF8.GetString(rest.Span.Slice(2, length)));
            rest = rest[(2 + length)..];
        }

        payload = rest;
        return true;
    }
}
