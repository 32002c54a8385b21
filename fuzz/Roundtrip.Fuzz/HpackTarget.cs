using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Fuzz;

/// <summary>
/// Header blocks of one connection. Each begins with a byte whose highest bit changes the table's limit to 32 times the others, and a byte with the
/// block's length. What is kept of a block changes nothing in the table, no limit is passed, and what was decoded is encoded and decoded to the same.
/// </summary>
public static class HpackTarget
{
    private static readonly FieldLimits Much = new(0, 200_000);
    private static readonly FieldLimits Little = new(2, 300);

    public static void Run(ReadOnlySpan<byte> input)
    {
        var pool = new BufferPool();
        var whole = new Receiver(pool, Much);
        var part = new Receiver(pool, Little);
        var again = new Receiver(pool, Much);
        var encoder = new HpackEncoder(1000);
        while (input.Length >= 2)
        {
            int length = Math.Min(input[1], input.Length - 2);
            if (input[0] >= 0x80)
            {
                int limit = (input[0] & 0x7f) * 32;
                whole.Decoder.SetMaximumTableSize(limit);
                part.Decoder.SetMaximumTableSize(limit);
                encoder.SetPeerLimit((uint)limit);
                again.Decoder.SetMaximumTableSize(limit);
            }

            EndReason reason = whole.Decode(input.Slice(2, length));
            Require(part.Decode(input.Slice(2, length)) == reason, "What is kept of a block changed its error.");
            if (reason != EndReason.None)
            {
                break;
            }

            Require(part.Section.IsOverLimit || part.Section.Fields.Length <= Little.Fields, "More is kept than may be.");
            Require(part.Section.Length <= Little.Size && part.Section.Size == whole.Section.Size, "A section is too long, or its size is wrong.");
            CompareTables(whole, part, pool);
            EncodeAgain(whole.Section, encoder, again);
            input = input[(length + 2)..];
        }

        whole.Section.Release(pool);
        part.Section.Release(pool);
        again.Section.Release(pool);
        Require(pool.Outstanding == 0, "A buffer was not returned.");
    }

    /// <summary>Asks both for every entry that a byte can name, until there is none.</summary>
    private static void CompareTables(Receiver one, Receiver other, BufferPool pool)
    {
        var (first, second) = (new FieldSection(), new FieldSection());
        EndReason reason = EndReason.None;
        for (int field = 0xbe; field < 0xff && reason == EndReason.None; field++)
        {
            first.Begin(pool, Much);
            second.Begin(pool, Much);
            reason = one.Decoder.Decode([(byte)field], first);
            Require(other.Decoder.Decode([(byte)field], second) == reason, "One table has more entries than the other.");
            Require(first.Text.AsSpan(0, first.Length).SequenceEqual(second.Text.AsSpan(0, second.Length)), "An entry differs.");
        }

        first.Release(pool);
        second.Release(pool);
    }

    private static void EncodeAgain(FieldSection section, HpackEncoder encoder, Receiver again)
    {
        var writer = new HeaderBlockWriter();
        encoder.Begin(writer);
        int index = 0;
        foreach (FieldEntry field in section.Fields)
        {
            encoder.Add(section.At(field.Name), section.At(field.Value), (Indexing)(index++ % 3));
        }

        Require(again.Decode(writer.Block) == EndReason.None, "An encoded block is not decoded.");
        Require(again.Section.Fields.Length == section.Fields.Length, "A field was lost.");
        for (int i = 0; i < section.Fields.Length; i++)
        {
            (FieldEntry sent, FieldEntry received) = (section.Fields[i], again.Section.Fields[i]);
            Require(IsLowerCaseOf(again.Section.At(received.Name), section.At(sent.Name)), "A name differs.");
            Require(section.At(sent.Value).SequenceEqual(again.Section.At(received.Value)), "A value differs.");
        }
    }

    private static bool IsLowerCaseOf(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> name)
    {
        bool isSame = lower.Length == name.Length;
        for (int i = 0; isSame && i < name.Length; i++)
        {
            isSame = lower[i] == (name[i] is >= (byte)'A' and <= (byte)'Z' ? name[i] + 0x20 : name[i]);
        }

        return isSame;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private sealed class Receiver(BufferPool pool, FieldLimits limits)
    {
        public HpackDecoder Decoder { get; } = new();

        public FieldSection Section { get; } = new();

        public EndReason Decode(ReadOnlySpan<byte> block)
        {
            Section.Begin(pool, limits);
            return Decoder.Decode(block, Section);
        }
    }
}
