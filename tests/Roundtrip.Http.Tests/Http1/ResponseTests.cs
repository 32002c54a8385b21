using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>What goes out: heads, framing, interim responses, faults of handlers (RFC 9112 sections 4, 6, 7; RFC 9110 section 15).</summary>
public class ResponseTests
{
    private const string Start = "Server: Roundtrip\r\nDate: Mon, 23 Nov 2026 21:00:00 GMT\r\n";
    private static readonly FieldBlock Html = FieldBlock.Create(("Content-Type", "text/html"), ("ETag", "\"x\""));

    [Fact]
    public void A_response_is_status_line_server_date_fields_framing()
    {
        string sent = Answer("GET / HTTP/1.1", exchange =>
        {
            exchange.ResponseFields.Add("Allow"u8, "GET"u8);
            exchange.Respond(200, Html, 2);
            exchange.Write("ok"u8);
            exchange.Complete();
        });

        Assert.Equal($"HTTP/1.1 200 OK\r\n{Start}Content-Type: text/html\r\nETag: \"x\"\r\nAllow: GET\r\nContent-Length: 2\r\n\r\nok", sent);
    }

    [Fact]
    public void Unknown_length_is_chunked_with_a_chunk_for_each_write()
    {
        byte[] shared = GC.AllocateArray<byte>(5000, pinned: true);
        shared.AsSpan().Fill((byte)'s');
        string sent = Answer("GET / HTTP/1.1", exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty);
            exchange.Write("hello"u8);
            exchange.Write([]);
            exchange.WriteShared(shared, 0, 5000);
            exchange.WriteFile(new MemoryFile("from a file"u8.ToArray()), 5, 6);
            exchange.Complete();
        });

        Assert.Equal(
            $"HTTP/1.1 200 OK\r\n{Start}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1388\r\n{new string('s', 5000)}\r\n6\r\na file\r\n0\r\n\r\n",
            sent);
    }

    [Fact]
    public void Unknown_length_to_HTTP_1_0_ends_with_the_connection()
    {
        string sent = Answer(
            "GET / HTTP/1.0\r\nConnection: keep-alive",
            exchange =>
            {
                exchange.Respond(200, FieldBlock.Empty);
                exchange.Write("hello"u8);
                exchange.Complete();
            },
            closing: ConnectionClose.Close);

        Assert.Equal($"HTTP/1.1 200 OK\r\n{Start}Connection: close\r\n\r\nhello", sent);
    }

    [Theory]
    [InlineData("HEAD", 200, 1234L, "Content-Length: 1234\r\n")]
    [InlineData("HEAD", 200, Exchange.UnknownLength, "")]
    [InlineData("GET", 304, 1234L, "Content-Length: 1234\r\n")]
    [InlineData("GET", 304, Exchange.UnknownLength, "")]
    [InlineData("GET", 204, Exchange.UnknownLength, "")]
    [InlineData("GET", 204, 0L, "")]
    [InlineData("GET", 205, Exchange.UnknownLength, "Content-Length: 0\r\n")]
    public void HEAD_304_204_and_205_have_no_content(string method, int status, long length, string framing)
    {
        string sent = Answer($"{method} / HTTP/1.1", exchange =>
        {
            exchange.Respond(status, FieldBlock.Empty, length);
            if (status is not (204 or 205))
            {
                exchange.Write("dropped"u8);
            }

            exchange.Complete();
        });

        Assert.EndsWith($"{Start}{framing}\r\n", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_without_a_phrase_keeps_its_space()
    {
        string sent = Answer("GET / HTTP/1.1", exchange =>
        {
            exchange.Respond(599, FieldBlock.Empty, 0);
            exchange.Complete();
        });

        Assert.StartsWith("HTTP/1.1 599 \r\n", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Interim_responses_go_out_before_the_final_one_and_only_in_1_1()
    {
        static void Starter(Exchange exchange)
        {
            exchange.Inform(103, FieldBlock.Create(("Link", "</a>; rel=preload")));
            exchange.Respond(200, FieldBlock.Empty, 0);
            exchange.Inform(103, FieldBlock.Empty);
            exchange.Complete();
        }

        Assert.StartsWith(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n", Answer("GET / HTTP/1.1", Starter), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 200 OK\r\n", Answer("GET / HTTP/1.0\r\nConnection: keep-alive", Starter), StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_larger_than_a_buffer_goes_out_whole()
    {
        string value = new('v', 20_000);
        string sent = Answer("GET / HTTP/1.1", exchange =>
        {
            exchange.Respond(200, FieldBlock.Create(("X", value)), 0);
            exchange.Complete();
        });

        Assert.Equal($"HTTP/1.1 200 OK\r\n{Start}X: {value}\r\nContent-Length: 0\r\n\r\n", sent);
    }

    [Fact]
    public void Write_takes_what_there_is_room_for_and_OnWritable_follows()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.IsReading = false;
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        byte[] content = new byte[300_000];
        Exchange exchange = held[0];
        exchange.Respond(200, FieldBlock.Empty, content.Length);

        int taken = exchange.Write(content);
        Assert.InRange(taken, 100_000, IConnectionEngine.HighWater);
        Assert.Equal(0, exchange.Write(content.AsSpan(taken)));
        Assert.False(exchange.CanWrite);
        host.Send(50_000);
        Assert.DoesNotContain("writable", host.Events);
        host.Send(60_000);
        Assert.Single(host.Events, e => e == "writable");
        Assert.True(exchange.CanWrite);
        taken += exchange.Write(content.AsSpan(taken));
        host.IsReading = true;
        host.Send();
        exchange.Write(content.AsSpan(taken));
        exchange.Complete();
        host.Send();

        Assert.Contains("end GET 200 300000 Completed", host.Events);
        Assert.True(host.IsIdle);
    }

    [Fact]
    public void An_exchange_with_a_file_ends_when_all_of_it_is_sent()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.IsReading = false;
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var file = new MemoryFile(new byte[100_000]);
        held[0].Respond(200, FieldBlock.Empty, 100_000);
        held[0].WriteFile(file, 0, 100_000);
        file.ReleaseReference();

        held[0].Complete();
        Assert.Equal(["start GET /"], host.Events);
        Assert.False(host.Engine.WantsInput);
        host.Send(90_000);
        Assert.Equal(["start GET /"], host.Events);
        Assert.False(file.IsClosed);
        host.Send(20_000);
        Assert.Contains("end GET 200 100000 Completed", host.Events);
        Assert.True(file.IsClosed);
    }

    [Theory]
    [InlineData(100_000, 40_000)]
    [InlineData(1_000, 0)]
    [InlineData(1_000, 999)]
    public void An_exchange_cut_while_its_file_is_sent_logs_what_went_out(int length, int taken)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.IsReading = false;
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        held[0].Respond(200, FieldBlock.Empty, length);
        long head = host.OutputLength;
        held[0].WriteFile(new MemoryFile(new byte[length]), 0, length);
        held[0].Complete();
        host.Send(head + taken);

        host.End(EndReason.PeerReset);

        Assert.Equal(["start GET /", $"end GET 200 {taken} PeerReset"], host.Events);
    }

    [Fact]
    public void An_open_exchange_is_aborted_when_the_connection_ends()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Exchange exchange = held[0];

        host.End(EndReason.PeerReset);

        Assert.Equal(["start GET /", "aborted PeerReset", "end GET 0 0 PeerReset"], host.Events);
        AssertDeaf(exchange, host);
    }

    [Fact]
    public void Late_calls_on_an_exchange_that_has_ended_do_nothing()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        uint generation = held[0].Generation;
        Handlers.AnswerAtOnce(host, held[0]);
        host.Send();

        AssertDeaf(held[0], host);
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Same(held[0], held[1]);
        Assert.NotEqual(generation, held[1].Generation);
    }

    [Fact]
    public void Writing_more_than_the_Content_Length_resets()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        held[0].Respond(200, FieldBlock.Empty, 2);

        Assert.Equal(3, held[0].Write("abc"u8));

        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
        Assert.Equal(
            ["start GET /", "report HandlerWroteTooMuch 0 Handler", "aborted HandlerWroteTooMuch", "end GET 200 0 HandlerWroteTooMuch"], host.Events);
    }

    [Fact]
    public void Content_with_204_is_writing_too_much()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        held[0].Respond(204, FieldBlock.Empty);

        held[0].Write("a"u8);

        Assert.Equal(EndReason.HandlerWroteTooMuch, host.Engine.ClosingReason);
    }

    [Fact]
    public void Completing_with_less_than_the_Content_Length_resets()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        held[0].Respond(200, FieldBlock.Empty, 2);
        held[0].Write("a"u8);

        held[0].Complete();

        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
        Assert.Contains("report HandlerWroteTooLittle 0 Handler", host.Events);
    }

    [Fact]
    public void A_handler_that_gives_up_before_it_answered_gets_500_sent()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        held[0].Abort(EndReason.HandlerFailed);
        host.Send();

        Assert.StartsWith("HTTP/1.1 500 Internal Server Error\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Equal(["start GET /", "report HandlerFailed 500 Handler", "end GET 500 19 HandlerFailed"], host.Events);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
    }

    [Fact]
    public void A_handler_that_gives_up_in_the_middle_has_the_response_cut()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        held[0].Respond(200, FieldBlock.Empty);
        held[0].Write("a"u8);
        host.Send();

        held[0].Abort(EndReason.ResponseSourceFailed);

        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
        Assert.DoesNotContain("\r\n0\r\n", host.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_starter_that_neither_answers_nor_leaves_a_handler_has_failed()
    {
        TestHost host = Connections.Open(_ => { });

        host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 500 ", host.Sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X", "a\rb")]
    [InlineData("X", "a\nb")]
    [InlineData("X", "a\r\n b")]
    [InlineData("X", "a\0b")]
    [InlineData("X Y", "a")]
    [InlineData("", "a")]
    public void A_field_that_would_split_the_response_cannot_be_made(string name, string value)
    {
        byte[] nameBytes = Encoding.Latin1.GetBytes(name);
        byte[] valueBytes = Encoding.Latin1.GetBytes(value);

        Assert.Throws<ArgumentException>(() => FieldBlock.Create((name, value)));
        Assert.Throws<ArgumentException>(() => new FieldBuffer().Add(nameBytes, valueBytes));
    }

    private static string Answer(string request, Action<Exchange> starter, ConnectionClose closing = ConnectionClose.None)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"{request}\r\nHost: a\r\n\r\n", (_, exchange) => starter(exchange));
        Assert.Equal(closing, outcome.Closing);
        return outcome.Sent;
    }

    private static void AssertDeaf(Exchange exchange, TestHost host)
    {
        string before = host.Sent + host.OutputLength;
        Assert.Equal(5, exchange.Write("hello"u8));
        Assert.False(exchange.CanWrite);
        exchange.Inform(103, FieldBlock.Empty);
        exchange.Respond(200, FieldBlock.Empty);
        exchange.Complete();
        exchange.Abort(EndReason.HandlerFailed);
        Assert.Equal(BodyReadStatus.Failed, exchange.ReadBody(new byte[1]).Status);
        Assert.Equal(before, host.Sent + host.OutputLength);
    }
}
