using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>RequestReadTimeout and KeepAliveTimeout.</summary>
public class DeadlineTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

    [Fact]
    public void A_connection_that_asks_for_nothing_is_closed_in_silence()
    {
        TestHost host = Connections.Open();
        Assert.Equal(host.Now + 20_000, host.Engine.NextDeadline);

        host.Advance(20_000);

        Assert.Equal("", host.Sent);
        Assert.Empty(host.Events);
        Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        Assert.Equal(EndReason.RequestHeadTimeout, host.Engine.ClosingReason);
    }

    [Fact]
    public void The_first_head_has_the_time_since_the_connection_began()
    {
        TestHost host = Connections.Open();
        host.Advance(15_000);
        host.Feed("GET / HT");

        // Eight bytes at 500 bytes a second earn 16 ms.
        Assert.Equal(host.Now + 5_016, host.Engine.NextDeadline);
    }

    [Fact]
    public void A_slow_head_gets_408_and_is_logged()
    {
        TestHost host = Connections.Open();
        host.Feed("GET / HTTP/1.1\r\n");

        host.Advance(20_032);

        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Equal("report RequestHeadTooSlow 408 Peer", host.Events[0]);
        Assert.StartsWith("end GET 408 ", host.Events[1], StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
        Assert.Equal(Deadline.None, host.Engine.NextDeadline);
    }

    [Fact]
    public void A_head_whose_bytes_were_moved_meanwhile_is_logged_from_where_they_are()
    {
        TestHost host = Connections.Open();
        host.Feed("GET / HTTP/1.1\r\n");
        byte[] before = host.Input.Array;
        host.Input.Reserve(host.Buffers, BufferPool.SegmentSize);
        before.AsSpan().Clear();

        host.Advance(30_000);

        Assert.StartsWith("end GET 408 ", host.Events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void However_fast_the_bytes_a_head_has_only_so_long()
    {
        TestHost host = Connections.Open(limits: new HttpLimits { Head = new ReadTimeout(1000, 2000, 10) });
        host.Feed("GET / HTTP/1.1\r\nName: " + new string('a', 100));
        Assert.Equal(host.Now + 2000, host.Engine.NextDeadline);

        host.Advance(2000);

        Assert.Contains("report RequestHeadTimeout 408 Peer", host.Events);
    }

    [Fact]
    public void Between_requests_only_KeepAliveTimeout_counts_and_closes_in_silence()
    {
        TestHost host = Connections.Open();
        host.Feed(Get);
        string answered = host.Sent;
        Assert.Equal(host.Now + 5_000, host.Engine.NextDeadline);

        host.Advance(5_000);

        Assert.Equal(answered, host.Sent);
        Assert.Equal(EndReason.KeepAliveTimeout, host.Engine.ClosingReason);
        Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        Assert.DoesNotContain(host.Events, e => e.StartsWith("report", StringComparison.Ordinal));
    }

    [Fact]
    public void A_later_head_has_its_time_from_its_first_byte()
    {
        TestHost host = Connections.Open();
        host.Feed(Get);
        host.Advance(4_000);
        host.Feed("G");

        Assert.Equal(host.Now + 20_002, host.Engine.NextDeadline);
    }

    [Fact]
    public void A_body_that_does_not_begin_gets_408_and_the_handler_is_told()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Post);
        Assert.Equal(Deadline.None, host.Engine.NextDeadline);
        held[0].ReadBody(new byte[10]);
        Assert.Equal(host.Now + 20_000, host.Engine.NextDeadline);

        host.Advance(20_000);

        Assert.StartsWith("HTTP/1.1 408 ", host.Sent, StringComparison.Ordinal);
        Assert.Equal(["start POST /", "report RequestBodyTimeout 408 Peer", "aborted RequestBodyTimeout"], host.Events.Take(3));
        Assert.StartsWith("end POST 408 ", host.Events[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_below_its_rate_is_too_slow_and_our_own_time_does_not_count()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        byte[] piece = new byte[1000];
        host.Feed(Post);
        Assert.Equal(BodyReadStatus.NotYet, held[0].ReadBody(piece).Status);
        host.Advance(10_000);
        host.Feed(new string('x', 500));
        Assert.Equal(Deadline.None, host.Engine.NextDeadline);

        // The handler takes its time: 60 s that are not the client's.
        host.Advance(60_000);
        Assert.Equal(500, held[0].ReadBody(piece).Count);
        Assert.Equal(BodyReadStatus.NotYet, held[0].ReadBody(piece).Status);
        Assert.Equal(host.Now + 10_000 + 1_000, host.Engine.NextDeadline);

        host.Advance(11_000);
        Assert.Contains("report RequestBodyTooSlow 408 Peer", host.Events);
    }

    [Fact]
    public void After_a_response_has_begun_a_slow_body_cuts_it()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Post);
        held[0].ReadBody(new byte[1]);
        held[0].Respond(200, FieldBlock.Empty);

        host.Advance(20_000);

        Assert.Contains("report RequestBodyTimeout 0 Peer", host.Events);
        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
    }

    [Fact]
    public void Draining_an_unread_body_has_the_bodys_time()
    {
        TestHost host = Connections.Open();
        host.Feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        Assert.Equal(host.Now + 20_000, host.Engine.NextDeadline);

        host.Advance(20_000);

        Assert.Equal(["start POST /", "report RequestBodyTimeout 0 Peer", "end POST 200 2 Completed"], host.Events);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
    }

    [Fact]
    public void A_deadline_that_has_not_come_does_nothing()
    {
        TestHost host = Connections.Open();

        host.Engine.OnDeadline(host.Now);

        Assert.Equal(ConnectionClose.None, host.Engine.Closing);
    }
}
