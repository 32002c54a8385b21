using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

public class HpackAllocationTests
{
    private static readonly FieldBlock Page = FieldBlock.Create(
        ("Content-Type", "text/html; charset=utf-8"), ("ETag", "\"5d8c72a5edda8d6a\""), ("Cache-Control", "max-age=60"));

    [Fact]
    public void Blocks_allocate_nothing_in_the_steady_state()
    {
        var pool = new BufferPool();
        var section = new FieldSection();
        var (encoder, decoder, writer) = (new HpackEncoder(), new HpackDecoder(), new HeaderBlockWriter());
        var own = new FieldBuffer();
        own.Add("X-Own"u8, "value"u8);
        byte[][] dates = [.. Enumerable.Range(0, 60).Select(i => Encoding.ASCII.GetBytes($"Mon, 23 Nov 2026 21:00:{i:d2} GMT"))];
        int number = 0;
        bool isWhole = true;
        long allocated = Allocated.Least(10, () =>
        {
            for (int i = 0; i < 1000; i++, number++)
            {
                encoder.Begin(writer);
                encoder.Status(200);
                encoder.Add("date"u8, dates[number / 10 % 60], Indexing.Incremental);
                encoder.Add(Page);
                encoder.Add(own);
                encoder.Add("content-length"u8, number);
                section.Begin(pool, Sections.Unlimited);
                EndReason reason = decoder.Decode(writer.Block, section);
                isWhole &= section.Fields.Length == 6 && reason == EndReason.None;
                section.Release(pool);
            }
        });

        Assert.True(isWhole);
        Assert.Equal(0, allocated);
    }
}
