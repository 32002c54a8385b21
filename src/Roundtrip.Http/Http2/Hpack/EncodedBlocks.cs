using System.Runtime.CompilerServices;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// What one connection's encoder wrote last for a few <see cref="FieldBlock"/>s. It is what it would write again as long as its table has not
/// changed.
/// </summary>
internal sealed class EncodedBlocks
{
    private const int Slots = 8;

    /// <summary>Longer ones are rare, and would be held for each connection.</summary>
    private const int LongestKept = 512;

    private readonly Slot[] _slots = new Slot[Slots];

    /// <summary>What to write for a block while the table has this version.</summary>
    public bool TryGet(FieldBlock block, long version, out ReadOnlySpan<byte> encoded)
    {
        ref readonly Slot slot = ref SlotOf(block);
        bool isKept = ReferenceEquals(slot.Block, block) && slot.Version == version;
        encoded = isKept ? slot.Bytes.AsSpan(0, slot.Length) : default;
        return isKept;
    }

    public void Keep(FieldBlock block, long version, ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > LongestKept)
        {
            return;
        }

        ref Slot slot = ref SlotOf(block);
        if (slot.Bytes is null || slot.Bytes.Length < encoded.Length)
        {
            slot.Bytes = new byte[Math.Max(64, encoded.Length * 2)];
        }

        encoded.CopyTo(slot.Bytes);
        slot.Block = block;
        slot.Version = version;
        slot.Length = encoded.Length;
    }

    private ref Slot SlotOf(FieldBlock block) => ref _slots[RuntimeHelpers.GetHashCode(block) & (Slots - 1)];

    private struct Slot
    {
        public FieldBlock? Block;
        public byte[]? Bytes;
        public long Version;
        public int Length;
    }
}
