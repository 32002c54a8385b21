using System.Text;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>The examples of RFC 7541 appendix C: bytes, fields and tables.</summary>
public class AppendixCTests
{
    private static readonly (string, string)[][] Requests =
    [
        [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com"), ("cache-control", "no-cache")],
        [(":method", "GET"), (":scheme", "https"), (":path", "/index.html"), (":authority", "www.example.com"), ("custom-key", "custom-value")],
    ];

    private static readonly (string, string)[][] RequestTables =
    [
        [(":authority", "www.example.com")],
        [("cache-control", "no-cache"), (":authority", "www.example.com")],
        [("custom-key", "custom-value"), ("cache-control", "no-cache"), (":authority", "www.example.com")],
    ];

    private const string Cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    private static readonly (string, string)[][] Responses =
    [
        [
            (":status", "302"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("location", "https://www.example.com"),
        ],
        [
            (":status", "307"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("location", "https://www.example.com"),
        ],
        [
            (":status", "200"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
            ("location", "https://www.example.com"), ("content-encoding", "gzip"), ("set-cookie", Cookie),
        ],
    ];

    // With a table of 256 bytes, so that entries are evicted.
    private static readonly (string, string)[][] ResponseTables =
    [
        [
            ("location", "https://www.example.com"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"), ("cache-control", "private"),
            (":status", "302"),
        ],
        [
            (":status", "307"), ("location", "https://www.example.com"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("cache-control", "private"),
        ],
        [("set-cookie", Cookie), ("content-encoding", "gzip"), ("date", "Mon, 21 Oct 2013 20:13:22 GMT")],
    ];

    [Theory]
    [InlineData("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key", "custom-header", true)]
    [InlineData("040c 2f73 616d 706c 652f 7061 7468", ":path", "/sample/path", false)]
    [InlineData("1008 7061 7373 776f 7264 0673 6563 7265 74", "password", "secret", false)]
    [InlineData("82", ":method", "GET", false)]
    public void C_2_each_representation_is_decoded(string block, string name, string value, bool isInserted)
    {
        var decoder = new HpackDecoder();

        Assert.Equal([(name, value)], Sections.Decode(decoder, Sections.Bytes(block)));
        Assert.Equal(isInserted ? [(name, value)] : [], Sections.EntriesOf(decoder.Table));
    }

    [Fact]
    public void C_3_requests_without_Huffman_codes_are_decoded() => AssertDecoded(
        new HpackDecoder(), Requests, RequestTables,
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");

    [Fact]
    public void C_4_requests_with_Huffman_codes_are_decoded() => AssertDecoded(
        new HpackDecoder(), Requests, RequestTables,
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");

    [Fact]
    public void C_4_requests_are_encoded_to_the_same_bytes() => AssertEncoded(
        new HpackEncoder(), Requests, RequestTables,
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");

    [Fact]
    public void C_5_responses_without_Huffman_codes_are_decoded_and_evict() => AssertDecoded(
        new HpackDecoder(256), Responses, ResponseTables,
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f "
        + "2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b "
        + "425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31");

    [Fact]
    public void C_6_responses_with_Huffman_codes_are_decoded_and_evict() => AssertDecoded(
        new HpackDecoder(256), Responses, ResponseTables,
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 "
        + "7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07");

    // Our encoder says first that its table has 256 bytes; the example takes it for known. And where Huffman codes are as long as the text, 307, it
    // sends the text.
    [Fact]
    public void C_6_responses_are_encoded_to_the_same_bytes() => AssertEncoded(
        new HpackEncoder(256), Responses, ResponseTables,
        "3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae "
        + "82ae 43d3",
        "4803 3330 37c1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 "
        + "7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07");

    private static void AssertEncoded(
        HpackEncoder encoder, (string, string)[][] fields, (string, string)[][] tables, params ReadOnlySpan<string> blocks)
    {
        var writer = new HeaderBlockWriter();
        for (int i = 0; i < blocks.Length; i++)
        {
            encoder.Begin(writer);
            foreach ((string name, string value) in fields[i])
            {
                encoder.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value), Indexing.Incremental);
            }

            Assert.Equal(Convert.ToHexString(Sections.Bytes(blocks[i])), Convert.ToHexString(writer.Block));
            Assert.Equal(tables[i], Sections.EntriesOf(encoder.Table));
        }
    }

    private static void AssertDecoded(
        HpackDecoder decoder, (string, string)[][] fields, (string, string)[][] tables, params ReadOnlySpan<string> blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(Sections.PseudoFirst(fields[i]), Sections.Decode(decoder, Sections.Bytes(blocks[i])));
            Assert.Equal(tables[i], Sections.EntriesOf(decoder.Table));
        }
    }
}
