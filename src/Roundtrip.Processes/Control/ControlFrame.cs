using System.Buffers.Binary;

namespace Roundtrip.Processes.Control;

/// <summary>
/// The head of each packet, 12 bytes, little-endian: kind (1), flags (1), descriptors in this packet (2), payload length (4), descriptors still to come in further packets (4).
/// </summary>
/// <remarks>A message with more descriptors than a packet takes is several packets; the payload is with the last.</remarks>
public readonly record struct ControlFrame(byte Kind, bool IsInMemory, int Descriptors, int PayloadLength, int DescriptorsToCome)
{
    public const int HeadLength = 12;

    /// <summary>The longest payload, in bytes, that travels in the packet itself; a longer one is a sealed memfd, the last of the descriptors.</summary>
    public const int MaximumInline = 16 * 1024;

    /// <summary>Descriptors in one packet; the kernel's own limit (SCM_MAX_FD) is 253.</summary>
    public const int MaximumPerPacket = 200;

    private const byte InMemoryFlag = 1;

    public void Write(Span<byte> head)
    {
        head[0] = Kind;
        head[1] = IsInMemory ? InMemoryFlag : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)Descriptors);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], DescriptorsToCome);
    }

    /// <summary>Reads a packet's head and checks what the packet itself must obey.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <param name="descriptors">How many descriptors came with it.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Parse(ReadOnlySpan<byte> packet, int descriptors, out ControlFrame frame)
    {
        frame = default;
        if (packet.Length < HeadLength)
        {
            return $"a packet of {packet.Length} bytes is shorter than its head";
        }

        frame = new ControlFrame(
            packet[0],
            packet[1] == InMemoryFlag,
            BinaryPrimitives.ReadUInt16LittleEndian(packet[2..]),
            BinaryPrimitives.ReadInt32LittleEndian(packet[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(packet[8..]));
        int inline = packet.Length - HeadLength;
        bool isLast = frame.DescriptorsToCome == 0;
        return
            packet[1] > InMemoryFlag ? $"unknown flags {packet[1]}"
            : frame.Descriptors != descriptors ? $"{descriptors} descriptors came where the head says {frame.Descriptors}"
            : frame.PayloadLength < 0 || frame.DescriptorsToCome < 0 ? "a negative length"
            : isLast && frame.IsInMemory && descriptors == 0 ? "a payload in memory without its descriptor"
            : inline != (isLast && !frame.IsInMemory ? frame.PayloadLength : 0) ? $"{inline} bytes of payload do not fit the head"
            : null;
    }
}
