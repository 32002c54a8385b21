using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Client;

/// <summary>A user that takes content slowly holds the server back, and loses nothing.</summary>
public class PauseTests
{
    private const int FirstWindow = 256 * 1024;

    [Fact]
    public void In_HTTP_1_nothing_is_read_while_the_user_pauses_and_the_rest_comes_behind()
    {
        (TestHost host, RecordingHandler handler, ClientExchange exchange) = Begin(static exchange => exchange.Pause());
        host.Feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\nT: u\r\n\r\n");

        Assert.EndsWith("\ncontent abc", handler.Text, StringComparison.Ordinal);
        Assert.False(host.Engine.WantsInput);
        exchange.Resume();
        Assert.EndsWith("\ncontent abc\ncontent def", handler.Text, StringComparison.Ordinal);
        exchange.Resume();
        Assert.EndsWith("\ncontent def\ntrailers T=u\nended Completed", handler.Text, StringComparison.Ordinal);
        Assert.True(host.Engine.WantsInput);
        Assert.True(((IClientEngine)host.Engine).CanStart);
    }

    [Fact]
    public void In_HTTP_1_the_end_of_the_connection_waits_behind_what_is_held_back()
    {
        (TestHost host, RecordingHandler handler, ClientExchange exchange) = Begin(static exchange => exchange.Pause());
        host.Feed("HTTP/1.1 200 OK\r\n\r\nhello");
        host.FeedEnd();

        Assert.EndsWith("content hello", handler.Text, StringComparison.Ordinal);
        exchange.Resume();
        Assert.EndsWith("content hello\nended Completed", handler.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_HTTP_2_a_paused_stream_gets_no_window_so_that_no_more_than_that_is_held_of_100_MB()
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler { Responded = static exchange => exchange.Pause() };
        ClientExchange exchange = server.Start(handler);
        RecordingHandler other = server.Get();
        server.Headers(1, false, (":status", "200"), ("content-length", "100000000"));
        string frame = new('x', 16_384);
        long sent = 0;
        while (sent + frame.Length <= FirstWindow + server.WindowGiven(1))
        {
            server.Data(1, frame);
            sent += frame.Length;
        }

        Assert.Equal(FirstWindow, sent);
        Assert.InRange(server.Host.Buffers.Outstanding * (long)BufferPool.SegmentSize, sent, 2 * FirstWindow);
        server.Headers(3, true, (":status", "204"));
        Assert.EndsWith("ended Completed", other.Text, StringComparison.Ordinal);

        exchange.Resume();
        Assert.True(server.WindowGiven(1) >= sent / 2);
        Assert.Equal(sent, exchange.ContentReceived);
        Assert.Equal(0, server.Host.Buffers.Outstanding);
    }

    [Fact]
    public void In_HTTP_2_who_sends_beyond_the_window_of_a_paused_stream_has_it_reset()
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler { Responded = static exchange => exchange.Pause() };
        server.Start(handler);
        server.Frames();
        server.Headers(1, false, (":status", "200"));
        for (int sent = 0; sent <= FirstWindow; sent += 16_384)
        {
            server.Data(1, new string('x', 16_384));
        }

        Assert.EndsWith("ended FlowControlViolated", handler.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_HTTP_2_trailers_and_end_wait_behind_content_and_a_reset_behind_the_end_takes_nothing_away(bool isReset)
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler { Responded = static exchange => exchange.Pause() };
        ClientExchange exchange = server.Start(handler);
        server.Headers(1, false, (":status", "200"));
        server.Data(1, "hello");
        server.Headers(1, true, ("t", "u"));
        if (isReset)
        {
            server.Reset(1, ErrorCode.NoError);
        }

        Assert.Equal("response 200 Http2", handler.Text);
        exchange.Resume();
        Assert.Equal("response 200 Http2\ncontent hello\ntrailers t=u\nended Completed", handler.Text);
        Assert.True(server.Engine.CanStart);
    }

    [Fact]
    public void A_paused_exchange_can_be_given_up()
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler { Responded = static exchange => exchange.Pause() };
        ClientExchange exchange = server.Start(handler);
        server.Headers(1, false, (":status", "200"));
        server.Data(1, "hello");
        exchange.Cancel();

        Assert.EndsWith("ended Cancelled", handler.Text, StringComparison.Ordinal);
        server.Frames();
        Assert.Equal(0, server.Host.Buffers.Outstanding);
    }

    private static (TestHost Host, RecordingHandler Handler, ClientExchange Exchange) Begin(Action<ClientExchange> received)
    {
        var host = new TestHost(_ => { });
        host.Use(new Http1ClientConnection(host));
        var handler = new RecordingHandler { Received = received };
        ClientExchange exchange = ((IClientEngine)host.Engine).Start(new ClientRequest("GET", "http", "a", "/", FieldBlock.Empty), handler);
        return (host, handler, exchange);
    }
}
