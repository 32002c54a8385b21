using System.Text;
using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>Our encoder and decoder against each other, with tables of any size that may change between blocks.</summary>
public class RoundTripTests
{
    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.OneOfConst("accept-encoding", "content-type", "date", "etag", "set-cookie", "cookie", "vary", "x-a", "x-b"),
        Gen.String[Gen.Char['a', 'z'], 1, 12]);

    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.OneOfConst("", "gzip, deflate", "a", "text/html"), Gen.String[Gen.Char[' ', '\u00ff'], 0, 40], Gen.String[Gen.Char['&', '('], 0, 400]);

    private static readonly Gen<(string Name, string Value, Indexing Indexing)[]> Blocks =
        Gen.Select(Names, Values, Gen.Enum<Indexing>()).Array[0, 12];

    // For each block: the limits that the decoder sets before it (in HTTP/2: that were acknowledged), and what is kept of it.
    private static readonly Gen<((string Name, string Value, Indexing Indexing)[] Fields, int[] Sizes, FieldLimits Limits)[]> Histories = Gen.Select(
        Blocks, Gen.Frequency((3, Gen.Const(Array.Empty<int>())), (1, Gen.Int[0, 600].Array[1, 3])),
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 1500], (fields, size) => new FieldLimits(fields, size))).Array[1, 20];

    [Fact]
    public void What_is_encoded_is_decoded_and_both_tables_are_the_same() => Gen.Select(Histories, Gen.Int[0, 6000]).Sample((history, ownLimit) =>
    {
        var encoder = new HpackEncoder(ownLimit);
        var decoder = new HpackDecoder();
        var writer = new HeaderBlockWriter();
        foreach (((string Name, string Value, Indexing Indexing)[] fields, int[] sizes, _) in history)
        {
            Encode(encoder, decoder, writer, fields, sizes);

            Assert.Equal(fields.Select(field => (field.Name, field.Value)), Sections.Decode(decoder, writer.Block));
            Assert.Equal(Sections.EntriesOf(encoder.Table), Sections.EntriesOf(decoder.Table));
            Assert.True(encoder.Table.Size <= encoder.Table.MaximumSize);
        }
    });

    [Fact]
    public void However_little_is_kept_the_tables_are_the_same() => Histories.Sample(history =>
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder();
        var writer = new HeaderBlockWriter();
        foreach (((string Name, string Value, Indexing Indexing)[] fields, int[] sizes, FieldLimits limits) in history)
        {
            Encode(encoder, decoder, writer, fields, sizes);
            EndReason reason = Sections.Decode(decoder, writer.Block, limits, section =>
            {
                int size = fields.Sum(field => field.Name.Length + field.Value.Length + 32);
                Assert.Equal(size, section.Size);
                Assert.Equal(size > limits.Size || (limits.Fields > 0 && fields.Length > limits.Fields), section.IsOverLimit);
                List<(string, string)> kept = Sections.FieldsOf(section);
                Assert.Equal(fields.Take(kept.Count).Select(field => (field.Name, field.Value)), kept);
                Assert.True(section.IsOverLimit || kept.Count == fields.Length);
                Assert.Equal(
                    fields.Take(kept.Count).Select(field => field.Indexing == Indexing.Never),
                    Enumerable.Range(0, kept.Count).Select(section.IsNeverIndexed));
            });

            Assert.Equal(EndReason.None, reason);
            Assert.Equal(Sections.EntriesOf(encoder.Table), Sections.EntriesOf(decoder.Table));
        }
    });

    private static void Encode(
        HpackEncoder encoder, HpackDecoder decoder, HeaderBlockWriter writer, (string Name, string Value, Indexing Indexing)[] fields, int[] sizes)
    {
        foreach (int size in sizes)
        {
            encoder.SetPeerLimit((uint)size);
            decoder.SetMaximumTableSize(size);
        }

        encoder.Begin(writer);
        foreach ((string name, string value, Indexing indexing) in fields)
        {
            encoder.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value), indexing);
        }
    }
}
