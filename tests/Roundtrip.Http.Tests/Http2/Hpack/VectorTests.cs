using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

public class VectorTests
{
    public static TheoryData<string> Sets => [.. HpackVectors.Sets];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_block_of_other_encoders_decodes_to_its_fields(string set)
    {
        var pool = new BufferPool();
        var section = new FieldSection();
        int blocks = 0;
        foreach ((string name, HpackVectors.Block[] story) in HpackVectors.Read(set))
        {
            var decoder = new HpackDecoder();
            foreach (HpackVectors.Block block in story)
            {
                if (block.TableSize is { } size)
                {
                    decoder.SetMaximumTableSize(size);
                }

                section.Begin(pool, Sections.Unlimited);
                Assert.Equal((name, EndReason.None), (name, decoder.Decode(block.Wire, section)));
                Assert.Equal(Sections.PseudoFirst(block.Fields), Sections.FieldsOf(section));
                Assert.False(section.IsOverLimit);
                blocks++;
            }
        }

        Assert.True(blocks > 3000);
    }
}
