using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>Large pieces of content are read to where the handler wants them, and sent from where they lie.</summary>
public class ThroughTests
{
    private const int Large = 300_000;
    private const string Next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly string[] BothCompleted = ["start POST /p", "end POST 200 2 Completed", "start GET /next", "end GET 200 2 Completed"];
    private static readonly string Content = string.Concat(Enumerable.Range(0, Large / 10).Select(static i => $"{i:D10}"));

    [Theory]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Content_is_read_past_the_input_to_its_end_and_no_further(int room)
    {
        var reader = new Reader(room);
        TestHost host = Open(reader, readsThrough: true);

        host.Feed($"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\n\r\n{Content}{Next}");

        Assert.Equal(Content, reader.Text);
        Assert.InRange(host.ReadPast, Large - (2 * 65_536), Large);
        Assert.Equal(BothCompleted, host.Events);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "493e0\r\n", "\r\n0\r\n\r\n", 1_000_000)]
    [InlineData("Content-Length: 300000", "", "", 32_767)]
    public void Where_framing_may_stand_between_or_little_is_wanted_it_comes_by_the_input(string field, string before, string after, int room)
    {
        var reader = new Reader(room);
        TestHost host = Open(reader, readsThrough: true);

        host.Feed($"POST /p HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n{before}{Content}{after}{Next}");

        Assert.Equal(Content, reader.Text);
        Assert.Equal(0, host.ReadPast);
        Assert.Equal("end GET 200 2 Completed", host.Events[^1]);
    }

    [Fact]
    public void Nothing_more_is_wanted_for_one_that_reads_large_pieces_until_it_asks()
    {
        var reader = new Reader(40_000);
        TestHost host = Open(reader, readsThrough: true);
        host.Feed($"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\n\r\n");
        Assert.True(host.Engine.WantsInput);
        reader.Pieces = 2;
        host.Feed(Content[..150_000]);
        Assert.Equal(40_000, host.ReadPast);
        Assert.Equal(0, host.Input.Length);
        Assert.False(host.Engine.WantsInput);

        reader.Pieces = int.MaxValue;
        reader.OnBodyReadable(reader.Exchange!);
        Assert.True(host.Engine.WantsInput);
        host.Feed(Content[150_000..]);
        Assert.Equal(Content, reader.Text);
    }

    [Fact]
    public void What_is_read_past_the_input_counts_for_the_time_that_content_may_take()
    {
        Assert.Equal(Deadline(readsThrough: false), Deadline(readsThrough: true));

        static long Deadline(bool readsThrough)
        {
            TestHost host = Open(new Reader(100_000), readsThrough);
            host.Feed($"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\n\r\n{Content[..200_000]}");
            Assert.Equal(readsThrough, host.ReadPast > 0);
            return host.Engine.NextDeadline;
        }
    }

    [Fact]
    public void Content_that_ends_too_early_behind_a_large_piece_is_refused()
    {
        TestHost host = Open(new Reader(100_000), readsThrough: true);
        host.Feed($"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\n\r\n{Content[..200_000]}");
        host.FeedEnd();

        Assert.StartsWith("HTTP/1.1 400 ", host.Sent, StringComparison.Ordinal);
        Assert.Contains("report TruncatedBody 400 Peer", host.Events);
    }

    [Theory]
    [InlineData(Large)]
    [InlineData(Exchange.UnknownLength)]
    public void What_does_not_leave_at_once_follows_what_did(long length)
    {
        string expected = "";
        foreach (int leaves in (int[])[0, 1, 10_000, 128 * 1024, (128 * 1024) + 1, 250_000, Large, 2 * Large])
        {
            var writer = new Writer(length);
            TestHost host = Connections.Open(writer.Start);
            host.SendsThrough = leaves;
            host.Feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

            Assert.Equal(leaves > 0, host.SendsThrough < leaves);
            Assert.Equal([$"start GET /1", $"end GET 200 {Large} Completed", $"start GET /2", $"end GET 200 {Large} Completed"], host.Events);
            if (length >= 0)
            {
                expected = leaves == 0 ? host.Sent : expected;
                Assert.Equal(expected, host.Sent);
            }

            Assert.Equal(Content + Content, Contents(host.Sent, length >= 0));
        }
    }

    [Fact]
    public void A_client_that_takes_nothing_at_once_holds_a_large_write_back()
    {
        var writer = new Writer(Large);
        TestHost host = Connections.Open(writer.Start);
        host.IsReading = false;
        host.SendsThrough = 50_000;
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.InRange(writer.Written, 128 * 1024, 250_000);
        Assert.InRange(host.OutputLength, 1, 128 * 1024);
        host.IsReading = true;
        host.Send();
        Assert.Equal(Content, Contents(host.Sent, hasLength: true));
    }

    private static TestHost Open(Reader reader, bool readsThrough) => Connections.Open(reader.Start, readsThrough: readsThrough);

    // The content of the responses, one behind another.
    private static string Contents(string sent, bool hasLength)
    {
        var content = new StringBuilder();
        while (sent.Length > 0)
        {
            int at = sent.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (hasLength)
            {
                content.Append(sent, at, Large);
                sent = sent[(at + Large)..];
                continue;
            }

            for (int count = -1; count != 0;)
            {
                int line = sent.IndexOf("\r\n", at, StringComparison.Ordinal);
                count = Convert.ToInt32(sent[at..line], 16);
                content.Append(sent, line + 2, count);
                at = line + 2 + count + 2;
            }

            sent = sent[at..];
        }

        return content.ToString();
    }

    private sealed class Reader(int room) : IExchangeHandler
    {
        private readonly byte[] _room = new byte[room];
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        /// <summary>How many it still reads before it rests.</summary>
        public int Pieces { get; set; } = int.MaxValue;

        public Exchange? Exchange { get; private set; }

        public string Name => "reader";

        public void Start(Exchange exchange)
        {
            Exchange = exchange;
            exchange.Handler = this;
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            for (; Pieces > 0; Pieces--)
            {
                BodyRead read = exchange.ReadBody(_room);
                if (read.Status == BodyReadStatus.End)
                {
                    exchange.Respond(200, FieldBlock.Empty, 2);
                    exchange.Write("ok"u8);
                    exchange.Complete();
                }

                if (read.Status != BodyReadStatus.Data)
                {
                    return;
                }

                _text.Append(Encoding.Latin1.GetString(_room, 0, read.Count));
            }
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }

    private sealed class Writer(long length) : IExchangeHandler
    {
        private readonly byte[] _content = Encoding.Latin1.GetBytes(Content);

        public int Written { get; private set; }

        public string Name => "writer";

        public void Start(Exchange exchange)
        {
            Written = 0;
            exchange.Handler = this;
            exchange.Respond(200, FieldBlock.Empty, length);
            OnWritable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
            Written += exchange.Write(_content.AsSpan(Written));
            if (Written == _content.Length)
            {
                exchange.Complete();
            }
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }
}
