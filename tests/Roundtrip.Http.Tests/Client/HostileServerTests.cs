using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Client;

/// <summary>What a server may try on its client.</summary>
public class HostileServerTests
{
    [Fact]
    public void Interim_responses_without_end_end_the_exchange_in_both_versions()
    {
        TestHost host = Connect();
        var handler = new RecordingHandler();
        Start(host, "GET", handler);
        for (int i = 0; i <= 100; i++)
        {
            host.Feed("HTTP/1.1 102 Processing\r\n\r\n");
        }

        Assert.EndsWith("ended TooManyInterimResponses", handler.Text, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);

        Http2Server server = Http2Server.Open();
        RecordingHandler other = server.Get();
        server.Frames();
        for (int i = 0; i <= 100; i++)
        {
            server.Headers(1, false, (":status", "102"));
        }

        Assert.EndsWith("ended TooManyInterimResponses", other.Text, StringComparison.Ordinal);
        Assert.Equal("RST_STREAM 1 ProtocolError", server.Frames());
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    public void Bytes_behind_a_response_end_the_connection_and_answer_no_request_that_follows_at_once(string method, string head)
    {
        TestHost host = Connect();
        bool canStart = true;
        var handler = new RecordingHandler { Ended = _ => canStart = ((IClientEngine)host.Engine).CanStart };
        Start(host, method, handler);
        host.Feed(head + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");

        Assert.EndsWith("ended Completed", handler.Text, StringComparison.Ordinal);
        Assert.False(canStart);
        Assert.Equal(EndReason.UnexpectedContent, host.Engine.ClosingReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Content_without_a_response_is_malformed(bool ends)
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Frames();
        server.Data(1, "hello", ends);

        Assert.Equal("ended StreamStateViolated", handler.Text);
        Assert.Equal("RST_STREAM 1 ProtocolError", server.Frames());
        Assert.Equal(0, server.Host.Buffers.Outstanding);
    }

    [Theory]
    [InlineData(SettingsParameter.EnablePush, 1, "ProtocolError")]
    [InlineData(SettingsParameter.EnablePush, 2, "ProtocolError")]
    [InlineData(SettingsParameter.InitialWindowSize, uint.MaxValue, "FlowControlError")]
    [InlineData(SettingsParameter.MaxFrameSize, 1, "ProtocolError")]
    public void Settings_that_a_server_may_not_have_end_the_connection(SettingsParameter parameter, uint value, string code)
    {
        Http2Server server = Http2Server.Open();
        server.Get();
        server.Frames();
        server.Settings(new Setting(parameter, value));

        Assert.Equal($"GOAWAY 0 {code}", server.Frames());
    }

    [Fact]
    public void Settings_that_change_without_end_cost_their_budget()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Frames();
        for (int i = 0; i < 64; i++)
        {
            server.Settings(new Setting(SettingsParameter.InitialWindowSize, (uint)i));
        }

        Assert.Equal("ended SettingsFlood", handler.Text);
        Assert.Equal("GOAWAY 0 EnhanceYourCalm", server.Frames());
    }

    [Fact]
    public void A_limit_of_streams_that_falls_below_what_is_open_stops_new_ones_alone()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler first = server.Get();
        server.Get();
        server.Settings(new Setting(SettingsParameter.MaxConcurrentStreams, 0));
        server.Headers(1, true, (":status", "204"));

        Assert.EndsWith("ended Completed", first.Text, StringComparison.Ordinal);
        Assert.False(server.Engine.CanStart);
        Assert.False(server.Engine.IsLeaving);
        server.Settings(new Setting(SettingsParameter.MaxConcurrentStreams, 2));
        Assert.True(server.Engine.CanStart);
    }

    [Fact]
    public void A_window_that_is_taken_back_stops_content_until_it_is_positive_again()
    {
        Http2Server server = Http2Server.Open(settings: new Setting(SettingsParameter.InitialWindowSize, 4));
        ClientExchange exchange = server.Post(new RecordingHandler(), 6);
        exchange.Write("abcdef"u8);
        exchange.Complete();
        server.Frames();
        server.Settings(new Setting(SettingsParameter.InitialWindowSize, 0));
        server.Settings(new Setting(SettingsParameter.InitialWindowSize, 3));

        Assert.Equal("", server.Frames());
        server.Settings(new Setting(SettingsParameter.InitialWindowSize, 6));
        Assert.Equal("DATA 1 end 2", server.Frames());
    }

    [Fact]
    public void A_header_block_without_end_is_ENHANCE_YOUR_CALM()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Frames();
        server.Raw(FrameType.Headers, FrameFlags.None, 1, 0x88);
        for (int i = 0; i < 40; i++)
        {
            server.Raw(FrameType.Continuation, FrameFlags.None, 1);
        }

        Assert.Equal("ended HeaderBlockTooLong", handler.Text);
        Assert.Equal("GOAWAY 0 EnhanceYourCalm", server.Frames());
    }

    [Fact]
    public void HTTP_1_1_REQUIRED_gives_the_request_back_and_the_connection_takes_no_more()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Reset(1, ErrorCode.Http11Required);

        Assert.Equal("ended Http11Required retryable", handler.Text);
        Assert.True(server.Engine.RequiresHttp1);
        Assert.True(server.Engine.IsLeaving);
    }

    [Fact]
    public void What_GOAWAY_lets_go_on_is_not_given_back_when_the_connection_ends()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler first = server.Get();
        RecordingHandler second = server.Get();
        server.GoAway(1, ErrorCode.InternalError);
        server.Host.End(EndReason.PeerReset);

        Assert.Equal("ended PeerReset", first.Text);
        Assert.Equal("ended NotProcessed retryable", second.Text);
    }

    private static TestHost Connect()
    {
        var host = new TestHost(_ => { });
        return host.Use(new Http1ClientConnection(host));
    }

    private static void Start(TestHost host, string method, RecordingHandler handler) =>
        ((IClientEngine)host.Engine).Start(new ClientRequest(method, "http", "a", "/", FieldBlock.Empty), handler);
}
