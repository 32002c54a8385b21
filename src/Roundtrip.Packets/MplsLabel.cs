using System.Buffers.Binary;

namespace Roundtrip.Packets;

/// <summary>An entry of the label stack that a packet had where its time was exceeded (RFC 4950; the entry itself is RFC 3032 section 2.1's).</summary>
/// <param name="Label">20 bits.</param>
/// <param name="TrafficClass">Three bits (RFC 5462).</param>
/// <param name="IsBottom">Whether this is the last of the stack.</param>
public readonly record struct MplsLabel(uint Label, byte TrafficClass, bool IsBottom, byte TimeToLive)
{
    public const int Size = 4;

    /// <summary>RFC 4950 section 5: the object's class, and its type.</summary>
    public const byte ObjectClass = 1;

    /// <inheritdoc cref="ObjectClass"/>
    public const byte ObjectType = 1;

    /// <summary>The label stack among the extensions, top first; empty where there is none.</summary>
    public static MplsLabel[] ReadStack(IcmpExtensions extensions)
    {
        while (extensions.TryRead(out byte objectClass, out byte type, out ReadOnlySpan<byte> payload))
        {
            if (objectClass == ObjectClass && type == ObjectType)
            {
                var stack = new MplsLabel[payload.Length / Size];
                for (int i = 0; i < stack.Length; i++)
                {
                    stack[i] = Read(BinaryPrimitives.ReadUInt32BigEndian(payload[(i * Size)..]));
                }

                return stack;
            }
        }

        return [];
    }

    public void Write(Span<byte> destination) =>
        BinaryPrimitives.WriteUInt32BigEndian(destination, Label << 12 | (uint)TrafficClass << 9 | (IsBottom ? 1u << 8 : 0) | TimeToLive);

    private static MplsLabel Read(uint entry) => new(entry >> 12, (byte)(entry >> 9 & 7), (entry >> 8 & 1) != 0, (byte)entry);
}
