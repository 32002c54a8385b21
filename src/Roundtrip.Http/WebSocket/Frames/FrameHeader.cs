using System.Buffers.Binary;

namespace Roundtrip.Http.WebSocket.Frames;

/// <summary>What stands before a frame's payload (RFC 6455 section 5.2), and how it is written. Whether it may stand there is <see cref="FrameRules"/>' to say.</summary>
/// <param name="First">FIN, the three reserved bits and the opcode.</param>
/// <param name="IsMasked">Whether a masking key is there.</param>
/// <param name="Length">The payload's bytes.</param>
/// <param name="Mask">The masking key's four bytes as they lie in memory; 0 where there is none.</param>
/// <param name="Size">The header's own bytes.</param>
public readonly record struct FrameHeader(byte First, bool IsMasked, long Length, uint Mask, int Size)
{
    /// <summary>The most bytes that a header has.</summary>
    public const int MaximumSize = 14;

    /// <summary>RFC 6455 section 5.5: the most bytes of payload that a control frame may have.</summary>
    public const int MaximumControlLength = 125;

    public const byte Fin = 0x80;

    /// <summary>The first reserved bit: permessage-deflate's "Per-Message Compressed" (RFC 7692 section 6).</summary>
    public const byte Rsv1 = 0x40;

    private const byte MaskBit = 0x80;

    public bool IsFinal => (First & Fin) != 0;

    public bool IsCompressed => (First & Rsv1) != 0;

    public Opcode Opcode => (Opcode)(First & 0x0f);

    public bool IsControl => (First & 0x08) != 0;

    /// <summary>Reads a header.</summary>
    /// <returns>False where more bytes are needed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        int code = bytes[1] & 0x7f;
        bool isMasked = (bytes[1] & MaskBit) != 0;
        int lengthSize = code switch { 126 => 2, 127 => 8, _ => 0 };
        int size = 2 + lengthSize + (isMasked ? 4 : 0);
        if (bytes.Length < size)
        {
            return false;
        }

        long length = code switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => code,
        };
        uint mask = isMasked ? BitConverter.ToUInt32(bytes.Slice(2 + lengthSize, 4)) : 0;
        header = new FrameHeader(bytes[0], isMasked, length, mask, size);
        return true;
    }

    /// <summary>Writes a header with the shortest length there is for it.</summary>
    /// <param name="mask">The masking key, as it is to lie in memory; null for none.</param>
    /// <returns>How many bytes it has, <see cref="MaximumSize"/> at most.</returns>
    public static int Write(Span<byte> destination, byte first, long length, uint? mask = null)
    {
        byte bit = mask is null ? (byte)0 : MaskBit;
        destination[0] = first;
        int size = 2;
        if (length < 126)
        {
            destination[1] = (byte)(bit | (byte)length);
        }
        else if (length <= ushort.MaxValue)
        {
            destination[1] = (byte)(bit | 126);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            size = 4;
        }
        else
        {
            destination[1] = (byte)(bit | 127);
            BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
            size = 10;
        }

        if (mask is { } key)
        {
            BitConverter.TryWriteBytes(destination[size..], key);
            size += 4;
        }

        return size;
    }
}
