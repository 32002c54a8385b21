using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Client;

/// <summary>The client's side of HTTP/2 (RFC 9113 sections 5, 6 and 8).</summary>
public class Http2ClientConnectionTests
{
    private static readonly (string Name, string Value)[] Promised =
        [(":method", "GET"), (":scheme", "https"), (":authority", "example.org"), (":path", "/style.css")];

    [Fact]
    public void The_preface_comes_first_and_SETTINGS_say_whether_push_is_wanted()
    {
        foreach (bool acceptsPush in (ReadOnlySpan<bool>)[false, true])
        {
            var server = new Http2Server(acceptsPush);

            Assert.True(server.Host.SentBytes.StartsWith(Http2Preface.Client));
            FrameHeader.TryRead(server.Host.SentBytes[Http2Preface.Client.Length..], out FrameHeader header);
            Assert.Equal(FrameType.Settings, header.Type);
            SettingsFrame.Read(header, server.Host.SentBytes.Slice(Http2Preface.Client.Length + FrameHeader.Size, header.Length), out SettingsFrame settings);
            foreach (Setting setting in settings)
            {
                Assert.True(setting.Parameter != SettingsParameter.EnablePush || setting.Value == (acceptsPush ? 1 : 0));
            }
        }
    }

    [Fact]
    public void Requests_take_the_odd_streams_in_order_without_fields_of_the_connection()
    {
        Http2Server server = Http2Server.Open();
        server.Get();
        server.Get("HEAD");

        Assert.Equal("HEADERS 1 end GET https example.org / a=b\nHEADERS 3 end HEAD https example.org / a=b", server.Frames());
    }

    [Fact]
    public void A_protocol_is_asked_for_only_once_the_server_has_said_that_it_may_be()
    {
        var request = new ClientRequest("CONNECT", "https", "example.org", "/chat", FieldBlock.Empty, Exchange.UnknownLength) { Protocol = "example" };
        Http2Server server = Http2Server.Open();
        Assert.False(server.Engine.TakesProtocol);
        Assert.Throws<InvalidOperationException>(() => server.Engine.Start(request, new RecordingHandler()));

        server.Settings(new Setting(SettingsParameter.EnableConnectProtocol, 1));
        server.Frames();
        var handler = new RecordingHandler();
        ClientExchange tunnel = server.Engine.Start(request, handler);
        server.Host.Send();
        Assert.Equal("HEADERS 1 CONNECT https example.org /chat :protocol=example", server.Frames());
        server.Headers(1, false, (":status", "200"));
        tunnel.Write("hello"u8);
        server.Data(1, "HELLO");
        server.Host.Send();

        Assert.Contains("DATA 1", server.Frames(), StringComparison.Ordinal);
        Assert.Contains("content HELLO", handler.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_takes_its_word_back_is_PROTOCOL_ERROR()
    {
        Http2Server server = Http2Server.Open(settings: new Setting(SettingsParameter.EnableConnectProtocol, 1));
        server.Settings(new Setting(SettingsParameter.EnableConnectProtocol, 0));

        Assert.Equal(EndReason.InvalidEnableConnectProtocol, server.Engine.ClosingReason);
    }

    [Theory]
    [InlineData("GET", Exchange.UnknownLength, "example")]
    [InlineData("CONNECT", 0, "example")]
    [InlineData("CONNECT", Exchange.UnknownLength, "a b")]
    [InlineData("CONNECT", Exchange.UnknownLength, "")]
    public void A_protocol_is_asked_for_by_CONNECT_and_has_a_name(string method, long length, string protocol) =>
        Assert.Throws<ArgumentException>(() => new ClientRequest(method, "https", "example.org", "/", FieldBlock.Empty, length) { Protocol = protocol });

    [Fact]
    public void A_response_comes_with_all_its_parts()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Frames();
        server.Headers(1, false, (":status", "103"), ("link", "</a>"));
        server.Headers(1, false, (":status", "200"), ("x", "y"));
        server.Data(1, "hel");
        server.Data(1, "lo");
        server.Headers(1, true, ("t", "u"));

        Assert.Equal("informational 103 link=</a>\nresponse 200 Http2 x=y\ncontent hello\ntrailers t=u\nended Completed", handler.Text);
        Assert.Equal("", server.Frames());
    }

    [Fact]
    public void A_response_is_the_same_in_whatever_pieces_it_comes()
    {
        byte[] frames = new byte[4096];
        int length = FrameWriter.WriteSettings(frames);
        length += FrameWriter.WriteHeaders(
            frames.AsSpan(length), 1, Http2.Http2Peer.Encode((":status", "200"), ("content-length", "5")), endStream: false, FrameHeader.DefaultMaximumLength);
        length += FrameWriter.WriteData(frames.AsSpan(length), 1, "hello"u8, endStream: true);
        for (int split = 0; split < length; split++)
        {
            var server = new Http2Server();
            RecordingHandler handler = server.Get();
            server.Host.Feed(frames.AsSpan(0, split));
            server.Host.Feed(frames.AsSpan(split, length - split));

            Assert.Equal("response 200 Http2 content-length=5\ncontent hello\nended Completed", handler.Text);
            server.Host.End(EndReason.PeerClosed);
            Assert.Equal(0, server.Host.Buffers.Outstanding);
        }
    }

    public static TheoryData<EndReason, bool, (string, string)[]> Malformed() => new()
    {
        { EndReason.MissingPseudoField, true, [("x", "y")] },
        { EndReason.MisplacedPseudoField, true, [(":status", "200"), (":path", "/")] },
        { EndReason.DuplicatePseudoField, true, [(":status", "200"), (":status", "200")] },
        { EndReason.UnknownPseudoField, true, [(":status", "200"), (":x", "y")] },
        { EndReason.PseudoFieldAfterField, true, [("x", "y"), (":status", "200")] },
        { EndReason.InvalidStatusLine, true, [(":status", "20")] },
        { EndReason.InvalidStatusLine, true, [(":status", "099")] },
        { EndReason.InvalidStatusLine, true, [(":status", "+20")] },
        { EndReason.UnexpectedSwitch, false, [(":status", "101")] },
        { EndReason.StreamStateViolated, true, [(":status", "100")] },
        { EndReason.ConnectionSpecificField, true, [(":status", "200"), ("connection", "close")] },
        { EndReason.ConnectionSpecificField, true, [(":status", "200"), ("transfer-encoding", "chunked")] },
        { EndReason.UppercaseFieldName, true, [(":status", "200"), ("X", "y")] },
        { EndReason.InvalidFieldValue, true, [(":status", "200"), ("x", "y\r\nz")] },
        { EndReason.ContentLengthMismatch, true, [(":status", "200"), ("content-length", "5")] },
        { EndReason.InvalidContentLength, false, [(":status", "200"), ("content-length", "5x")] },
        { EndReason.DifferingContentLength, false, [(":status", "200"), ("content-length", "5"), ("content-length", "5")] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_response_resets_its_stream_and_no_other(EndReason reason, bool ends, (string, string)[] fields)
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        RecordingHandler other = server.Get();
        server.Frames();
        server.Headers(1, ends, fields);
        server.Headers(3, true, (":status", "204"));

        Assert.Equal($"ended {reason}", handler.Text);
        Assert.Equal("RST_STREAM 1 ProtocolError", server.Frames());
        Assert.Equal("response 204 Http2\nended Completed", other.Text);
    }

    [Theory]
    [InlineData("hell", true)]
    [InlineData("hello!", false)]
    public void Content_that_is_not_of_its_length_is_malformed(string content, bool ends)
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Headers(1, false, (":status", "200"), ("content-length", "5"));
        server.Data(1, content, ends);

        Assert.EndsWith("ended ContentLengthMismatch", handler.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD", "200")]
    [InlineData("GET", "304")]
    public void A_response_that_has_no_content_by_its_nature_may_say_a_length(string method, string status)
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get(method);
        server.Headers(1, true, (":status", status), ("content-length", "5"));

        Assert.EndsWith("ended Completed", handler.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Trailers_with_pseudo_fields_are_malformed()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Headers(1, false, (":status", "200"));
        server.Headers(1, true, (":status", "200"));

        Assert.EndsWith("ended InvalidTrailer", handler.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_stream_can_be_asked_for_again_and_another_reset_cannot()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler refused = server.Get();
        RecordingHandler reset = server.Get();
        server.Reset(1, ErrorCode.RefusedStream);
        server.Reset(3, ErrorCode.InternalError);

        Assert.Equal("ended NotProcessed retryable", refused.Text);
        Assert.Equal("ended StreamReset", reset.Text);
    }

    [Fact]
    public void GOAWAY_gives_back_what_is_above_its_last_stream_and_lets_the_others_end()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler first = server.Get();
        RecordingHandler second = server.Get();
        server.GoAway(1);

        Assert.Equal("ended NotProcessed retryable", second.Text);
        Assert.False(server.Engine.CanStart);
        server.Headers(1, true, (":status", "204"));
        Assert.EndsWith("ended Completed", first.Text, StringComparison.Ordinal);
        Assert.NotEqual(ConnectionClose.None, server.Engine.Closing);
    }

    [Fact]
    public void No_more_streams_are_opened_than_the_server_allows()
    {
        Http2Server server = Http2Server.Open(settings: new Setting(SettingsParameter.MaxConcurrentStreams, 1));
        server.Get();

        Assert.False(server.Engine.CanStart);
        Assert.Throws<InvalidOperationException>(() => server.Get());
        server.Headers(1, true, (":status", "204"));
        Assert.True(server.Engine.CanStart);
    }

    [Fact]
    public void Content_waits_for_the_servers_window()
    {
        Http2Server server = Http2Server.Open(settings: new Setting(SettingsParameter.InitialWindowSize, 4));
        ClientExchange exchange = server.Post(new RecordingHandler(), 6);
        exchange.Write("abcdef"u8);
        exchange.Complete();

        Assert.Equal("HEADERS 1 POST https example.org / content-length=6\nDATA 1 4", server.Frames());
        server.Raw(FrameType.WindowUpdate, FrameFlags.None, 1, 0, 0, 0, 9);
        Assert.Equal("DATA 1 end 2", server.Frames());
    }

    [Fact]
    public void A_response_that_is_whole_before_its_request_ends_both()
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler();
        server.Post(handler, 6);
        server.Frames();
        server.Headers(1, true, (":status", "413"));

        Assert.Equal("response 413 Http2\nended Completed", handler.Text);
        Assert.Equal("RST_STREAM 1 Cancel", server.Frames());
    }

    [Fact]
    public void An_exchange_that_is_given_up_resets_its_stream()
    {
        Http2Server server = Http2Server.Open();
        var handler = new RecordingHandler { Responded = exchange => exchange.Cancel() };
        server.Get(handler: handler);
        server.Frames();
        server.Headers(1, false, (":status", "200"));
        server.Data(1, "late", ends: true);

        Assert.Equal("response 200 Http2\nended Cancelled", handler.Text);
        Assert.Equal("RST_STREAM 1 Cancel", server.Frames());
        Assert.Equal(ConnectionClose.None, server.Engine.Closing);
    }

    [Fact]
    public void A_promise_is_taken_by_whom_the_handler_names()
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        var pushed = new RecordingHandler();
        RecordingHandler handler = server.Get(handler: new RecordingHandler { Taker = pushed });
        server.Frames();
        server.Promise(1, 2, Promised);
        server.Headers(2, false, (":status", "200"));
        server.Data(2, "p {}", ends: true);
        server.Headers(1, true, (":status", "204"));

        Assert.Equal("promised Get example.org\nresponse 204 Http2\nended Completed", handler.Text);
        Assert.Equal("response 200 Http2\ncontent p {}\nended Completed", pushed.Text);
        Assert.Equal("", server.Frames());
    }

    [Fact]
    public void A_promise_that_nobody_takes_is_cancelled()
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        server.Get();
        server.Frames();
        server.Promise(1, 2, Promised);
        server.Headers(2, true, (":status", "200"));

        Assert.Equal("RST_STREAM 2 Cancel", server.Frames());
        Assert.Equal(ConnectionClose.None, server.Engine.Closing);
    }

    [Fact]
    public void A_promise_of_what_is_not_safe_is_malformed()
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        server.Get();
        server.Frames();
        server.Promise(1, 2, [(":method", "POST"), .. Promised[1..]]);

        Assert.Equal("RST_STREAM 2 ProtocolError", server.Frames());
    }

    [Fact]
    public void A_promise_where_push_is_off_ends_the_connection()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Promise(1, 2, Promised);

        Assert.EndsWith("ended UnexpectedFrame", handler.Text, StringComparison.Ordinal);
        Assert.EndsWith("GOAWAY 0 ProtocolError", server.Frames(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_promise_on_a_number_that_is_no_servers_ends_the_connection(int promised)
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        server.Get();
        server.Frames();
        server.Promise(1, promised, Promised);

        Assert.EndsWith("GOAWAY 0 ProtocolError", server.Frames(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_the_server_opens_without_a_promise_ends_the_connection()
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        server.Headers(2, true, (":status", "200"));

        Assert.EndsWith("GOAWAY 0 ProtocolError", server.Frames(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_in_the_middle_is_no_whole_response()
    {
        Http2Server server = Http2Server.Open();
        RecordingHandler handler = server.Get();
        server.Headers(1, false, (":status", "200"));
        server.Data(1, "hal");
        server.Host.FeedEnd();

        Assert.EndsWith("ended TruncatedBody", handler.Text, StringComparison.Ordinal);
    }
}
