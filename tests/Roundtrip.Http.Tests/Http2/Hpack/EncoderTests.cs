using System.Text;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

public class EncoderTests
{
    private static readonly FieldBlock Page = FieldBlock.Create(
        ("Content-Type", "text/html; charset=utf-8"), ("ETag", "\"5d8c72a5edda8d6a\""), ("Last-Modified", "Mon, 23 Nov 2026 21:00:00 GMT"),
        ("X-Content-Type-Options", "nosniff"));

    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();
    private readonly HeaderBlockWriter _writer = new();

    [Fact]
    public void A_block_that_comes_again_is_its_indexes_and_what_is_not_indexed()
    {
        byte[] first = Encode(() => _encoder.Add(Page));
        byte[] second = Encode(() => _encoder.Add(Page));
        byte[] third = Encode(() => _encoder.Add(Page));

        Assert.True(second.Length < first.Length);
        Assert.Equal(second, third);
        (string, string)[] fields =
        [
            ("content-type", "text/html; charset=utf-8"), ("etag", "\"5d8c72a5edda8d6a\""), ("last-modified", "Mon, 23 Nov 2026 21:00:00 GMT"),
            ("x-content-type-options", "nosniff"),
        ];
        Assert.Equal(fields, Sections.Decode(_decoder, first));
        Assert.Equal(fields, Sections.Decode(_decoder, second));
        Assert.Equal(fields, Sections.Decode(_decoder, third));
    }

    [Fact]
    public void A_block_is_encoded_anew_when_the_table_has_changed()
    {
        for (int i = 0; i < 200; i++)
        {
            // Each third block inserts: the indexes of the others move, and at last they are evicted.
            byte[] block = Encode(() =>
            {
                _encoder.Status(200);
                _encoder.Add(Page);
                _encoder.Add("date"u8, Encoding.ASCII.GetBytes($"date {i / 3}"), Indexing.Incremental);
            });

            List<(string Name, string Value)> fields = Sections.Decode(_decoder, block);
            Assert.Equal(6, fields.Count);
            Assert.Equal(("x-content-type-options", "nosniff"), fields[4]);
            Assert.Equal(("date", $"date {i / 3}"), fields[5]);
            Assert.Equal(Sections.EntriesOf(_encoder.Table), Sections.EntriesOf(_decoder.Table));
        }
    }

    [Theory]
    [InlineData("content-type", "text/html", Indexing.Incremental)]
    [InlineData("server", "Roundtrip", Indexing.Incremental)]
    [InlineData("cache-control", "no-cache", Indexing.Incremental)]
    [InlineData("vary", "accept-encoding", Indexing.Incremental)]
    [InlineData("date", "Mon, 23 Nov 2026 21:00:00 GMT", Indexing.Incremental)]
    [InlineData("x-frame-options", "DENY", Indexing.Incremental)]
    [InlineData("etag", "\"a\"", Indexing.Without)]
    [InlineData("last-modified", "Mon, 23 Nov 2026 21:00:00 GMT", Indexing.Without)]
    [InlineData("content-length", "1024", Indexing.Without)]
    [InlineData("location", "/a", Indexing.Without)]
    [InlineData("content-range", "bytes 0-1/2", Indexing.Without)]
    [InlineData("expires", "0", Indexing.Without)]
    [InlineData("age", "1", Indexing.Without)]
    [InlineData(":path", "/a", Indexing.Without)]
    [InlineData("x-request-id", "1", Indexing.Without)]
    [InlineData("set-cookie", "id=secret; Path=/; a long one that is a secret too", Indexing.Never)]
    [InlineData("authorization", "Basic c2VjcmV0", Indexing.Never)]
    [InlineData("proxy-authorization", "Basic c2VjcmV0", Indexing.Never)]
    [InlineData("cookie", "id=secret", Indexing.Never)]
    [InlineData("cookie", "id=too long to be guessed", Indexing.Incremental)]
    public void What_repeats_is_indexed_and_what_is_secret_never(string name, string value, Indexing expected)
    {
        byte[] block = Encode(() => _encoder.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value)));

        Assert.Equal(expected, RepresentationOf(block[0]));
        Assert.Equal(expected == Indexing.Incremental ? 1 : 0, _encoder.Table.Count);
    }

    [Fact]
    public void A_secret_is_a_literal_even_where_an_entry_is_equal()
    {
        Encode(() => _encoder.Add("a"u8, "b"u8, Indexing.Incremental));
        byte[] block = Encode(() => _encoder.Add("a"u8, "b"u8, Indexing.Never));

        Assert.Equal(Indexing.Never, RepresentationOf(block[0]));
        byte[] empty = Encode(() => _encoder.Add("cookie"u8, ""u8, Indexing.Never));
        Assert.Equal(Indexing.Never, RepresentationOf(empty[0]));
    }

    [Fact]
    public void A_field_too_large_for_half_the_table_is_not_indexed()
    {
        Encode(() => _encoder.Add("a"u8, new byte[3000], Indexing.Incremental));

        Assert.Equal(0, _encoder.Table.Count);
    }

    [Fact]
    public void Fields_of_one_response_are_indexed_when_they_come_a_second_time()
    {
        var own = new FieldBuffer();
        own.Add("X-Own"u8, "value"u8);
        own.Add("Vary"u8, "origin"u8);
        own.Add("Connection"u8, "close"u8);

        Assert.Equal([("x-own", "value"), ("vary", "origin")], Sections.Decode(_decoder, Encode(() => _encoder.Add(own))));
        Assert.Equal([("vary", "origin")], Sections.EntriesOf(_encoder.Table));
        Assert.Equal([("x-own", "value"), ("vary", "origin")], Sections.Decode(_decoder, Encode(() => _encoder.Add(own))));
        Assert.Equal([("x-own", "value"), ("vary", "origin")], Sections.EntriesOf(_encoder.Table));
        Assert.Equal(2, Encode(() => _encoder.Add(own)).Length);
    }

    [Fact]
    public void Names_are_sent_in_lower_case_and_fields_of_an_HTTP_1_connection_are_not()
    {
        var block = FieldBlock.Create(
            ("X-CAPITALS", "Value"), ("Keep-Alive", "timeout=5"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"), ("Connection", "close"),
            ("Proxy-Connection", "close"));

        Assert.Equal([("x-capitals", "Value")], Sections.Decode(_decoder, Encode(() => _encoder.Add(block))));
        Assert.Equal([("x-other", "Value")], Sections.Decode(_decoder, Encode(() => _encoder.Add("X-Other"u8, "Value"u8))));
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(204, 1)]
    [InlineData(206, 1)]
    [InlineData(304, 1)]
    [InlineData(400, 1)]
    [InlineData(404, 1)]
    [InlineData(500, 1)]
    [InlineData(103, 4)]
    [InlineData(301, 4)]
    [InlineData(999, 5)]
    public void A_status_is_an_index_of_the_static_table_or_is_inserted(int status, int length)
    {
        byte[] first = Encode(() => _encoder.Status(status));
        byte[] second = Encode(() => _encoder.Status(status));

        Assert.Equal(length, first.Length);
        Assert.Single(second);
        Assert.Equal([(":status", $"{status}")], Sections.Decode(_decoder, first));
        Assert.Equal([(":status", $"{status}")], Sections.Decode(_decoder, second));
    }

    [Fact]
    public void A_request_has_its_pseudo_fields()
    {
        Assert.Equal(
            [(":method", "GET"), (":scheme", "https"), (":authority", "example.org"), (":path", "/a?b")],
            Sections.Decode(_decoder, Encode(() => _encoder.Request("GET"u8, "https"u8, "example.org"u8, "/a?b"u8))));
        Assert.Equal(
            [(":method", "OPTIONS"), (":scheme", "https"), (":path", "*")],
            Sections.Decode(_decoder, Encode(() => _encoder.Request("OPTIONS"u8, "https"u8, ""u8, "*"u8))));
    }

    [Theory]
    [InlineData(4096, new uint[] { 4096 }, "")]
    [InlineData(4096, new uint[] { 65536 }, "")]
    [InlineData(4096, new uint[] { uint.MaxValue }, "")]
    [InlineData(4096, new uint[] { 100 }, "3F45")]
    [InlineData(4096, new uint[] { 100, 0 }, "20")]
    [InlineData(4096, new uint[] { 0, 100 }, "203F45")]
    [InlineData(4096, new uint[] { 100, 4096 }, "3F453FE11F")]
    [InlineData(8192, new uint[] { 65536 }, "3FE13F")]
    [InlineData(8192, new uint[] { }, "")]
    [InlineData(100, new uint[] { }, "3F45")]
    [InlineData(0, new uint[] { 65536 }, "20")]
    public void A_changed_size_is_said_at_the_beginning_of_the_next_block_the_smallest_first(int own, uint[] limits, string expected)
    {
        var encoder = new HpackEncoder(own);
        foreach (uint limit in limits)
        {
            encoder.SetPeerLimit(limit);
        }

        encoder.Begin(_writer);
        Assert.Equal(expected, Convert.ToHexString(_writer.Block));
        encoder.Begin(_writer);
        Assert.Equal(0, _writer.Length);
    }

    private byte[] Encode(Action add)
    {
        _encoder.Begin(_writer);
        add();
        return _writer.Block.ToArray();
    }

    private static Indexing RepresentationOf(byte first) =>
        (first & 0xc0) == 0x40 ? Indexing.Incremental : (first & 0xf0) == 0x10 ? Indexing.Never : (first & 0xf0) == 0 ? Indexing.Without
        : throw new InvalidOperationException("No literal.");
}
