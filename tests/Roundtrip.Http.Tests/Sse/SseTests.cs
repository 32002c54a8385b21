using System.Buffers;
using System.Text;
using Roundtrip.Http.Sse;

namespace Roundtrip.Http.Tests.Sse;

/// <summary>HTML Standard, section 9.2: event streams, written and read, cut anywhere.</summary>
public class SseTests
{
    public static TheoryData<string, string> Streams() => new()
    {
        // The standard's own examples.
        { "data: YHOO\ndata: +2\ndata: 10\n\n", "message:YHOO/+2/10:" },
        { ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n", "message:first event:1 | message:second event:" },
        { "data\n\ndata\ndata\n\ndata:", "message:: | message:/:" },
        { "data:test\n\ndata: test\n\n", "message:test: | message:test:" },
        { "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n", "add:73857293: | remove:2153:" },

        // Line ends of each kind, mixed; a byte order mark, one only.
        { "data: a\r\rdata: b\r\n\r\ndata: c\n\n", "message:a: | message:b: | message:c:" },
        { "data: a\r\ndata: b\rdata: c\n\r\n", "message:a/b/c:" },
        { "\ufeffdata: a\n\n", "message:a:" },
        { "\ufeff\ufeffdata: a\n\ndata: b\n\n", "message:b:" },
        { "\n\n\ndata: a\n\n", "message:a:" },

        // Without data nothing is dispatched, and an event's name does not last; an id does.
        { "event: x\n\ndata: a\n\n", "message:a:" },
        { "id: 5\n\ndata: a\n\n", "message:a:5" },
        { "id: 5\ndata: a\n\ndata: b\n\nid:\ndata: c\n\n", "message:a:5 | message:b:5 | message:c:" },
        { "id: 5\ndata: a\n\nid: 6\u0000\ndata: b\n\n", "message:a:5 | message:b:5" },

        // What is no field is ignored; names have their case; a colon may stand in a value.
        { "Data: x\n data: y\ndata : z\nfoo: bar\n:data: c\ndata: a: b\n\n", "message:a: b:" },
        { "event:\ndata: a\n\nevent: e\nevent: f\ndata: b\n\n", "message:a: | f:b:" },
        { "data: é😀\n\n", "message:é😀:" },
        { "data: a\n\ndata: cut", "message:a:" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_read_the_same_however_it_is_cut(string stream, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        Assert.Equal(expected, Read(bytes));
        Assert.Equal(expected, Read([.. bytes.Select(value => new[] { value })]));
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            Assert.Equal(expected, Read(bytes[..cut], bytes[cut..]));
        }
    }

    [Theory]
    [InlineData("retry: 15000\n\n", 15000L)]
    [InlineData("retry:0\n\n", 0L)]
    [InlineData("retry: 1.5\n\n", null)]
    [InlineData("retry: -1\n\n", null)]
    [InlineData("retry:  1\n\n", null)]
    [InlineData("retry\n\n", null)]
    [InlineData("retry: 99999999999999999999\n\n", null)]
    public void A_time_to_connect_again_is_digits_alone(string stream, long? expected)
    {
        var parser = new SseParser();
        parser.Receive(Encoding.UTF8.GetBytes(stream));

        Assert.False(parser.TryReadEvent(out _));
        Assert.Equal(expected, parser.Retry);
    }

    [Fact]
    public void What_is_written_is_what_the_standard_says()
    {
        var output = new ArrayBufferWriter<byte>();
        SseWriter.WriteRetry(output, 15000);
        SseWriter.WriteComment(output, []);
        SseWriter.WriteComment(output, "still here"u8);
        SseWriter.WriteEvent(output, "Multiline message\r\nof\rthree"u8, "bar"u8, "42"u8);
        SseWriter.WriteEvent(output, []);
        SseWriter.WriteEmptyId(output);

        Assert.Equal(
            "retry: 15000\n\n:\n\n: still here\n\nid: 42\nevent: bar\ndata: Multiline message\ndata: of\ndata: three\n\ndata: \n\nid\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("1\n\ndata: forged\n\n")]
    public void An_id_or_a_name_that_would_end_its_line_is_refused(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(() => SseWriter.WriteEvent(output, "x"u8, id: bytes));
        Assert.Throws<ArgumentException>(() => SseWriter.WriteEvent(output, "x"u8, name: bytes));
        Assert.Throws<ArgumentException>(() => SseWriter.WriteComment(output, bytes));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Data_of_any_lines_comes_through_and_forges_nothing()
    {
        var random = new Random(3);
        string[] parts = ["data: x", "\n", "\r", "\r\n", "id: 9", ":", " ", "event: y", "é", ""];
        for (int i = 0; i < 2000; i++)
        {
            string data = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]));
            var output = new ArrayBufferWriter<byte>();
            SseWriter.WriteEvent(output, Encoding.UTF8.GetBytes(data), "name"u8, "7"u8);
            var parser = new SseParser();
            parser.Receive(output.WrittenSpan);

            Assert.True(parser.TryReadEvent(out SseEvent received));
            Assert.Equal(new SseEvent("name", data.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), "7"), received);
            Assert.False(parser.TryReadEvent(out _));
        }
    }

    [Fact]
    public void An_event_without_an_end_is_not_listened_to()
    {
        var parser = new SseParser(limit: 1000);
        for (int i = 0; i < 100 && !parser.IsTooLong; i++)
        {
            parser.Receive("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"u8);
            Assert.False(parser.TryReadEvent(out _));
        }

        Assert.True(parser.IsTooLong);
    }

    private static string Read(params byte[][] pieces)
    {
        var parser = new SseParser();
        var events = new List<string>();
        foreach (byte[] piece in pieces)
        {
            parser.Receive(piece);
            while (parser.TryReadEvent(out SseEvent received))
            {
                events.Add($"{received.Name}:{received.Data.Replace('\n', '/')}:{received.LastEventId}");
            }
        }

        return string.Join(" | ", events);
    }
}
