using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>The connection: preface, settings, pings, what may not come, and the ends.</summary>
public class Http2ConnectionTests
{
    [Fact]
    public void The_server_sends_its_settings_first_and_acknowledges_the_clients()
    {
        var peer = new Http2Peer();
        peer.Feed(Http2Preface.Client);
        peer.Settings();

        Assert.Equal(["SETTINGS 4", "WINDOW_UPDATE 0 196609", "SETTINGS ack"], peer.Frames());
    }

    [Fact]
    public void A_preface_may_come_byte_by_byte()
    {
        var peer = new Http2Peer();
        foreach (byte b in Http2Preface.Client)
        {
            peer.Feed([b]);
        }

        peer.Settings();
        peer.Get(1);

        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
    }

    [Fact]
    public void Anything_but_the_preface_is_PROTOCOL_ERROR()
    {
        var peer = new Http2Peer();
        peer.Host.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(["GOAWAY 0 ProtocolError"], peer.Answers());
        Assert.Equal(EndReason.InvalidPreface, peer.Engine.ClosingReason);
        Assert.Equal(ConnectionClose.Linger, peer.Engine.Closing);
    }

    [Fact]
    public void A_first_frame_that_is_not_SETTINGS_is_PROTOCOL_ERROR()
    {
        var peer = new Http2Peer();
        peer.Feed(Http2Preface.Client);
        peer.Ping();

        Assert.Equal(["GOAWAY 0 ProtocolError"], peer.Answers());
    }

    [Fact]
    public void A_ping_is_answered_with_its_own_bytes()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Ping(0x0102030405060708);

        Assert.Equal(["PING ack 72623859790382856"], peer.Frames());
    }

    [Fact]
    public void An_acknowledgement_of_PING_is_answered_with_nothing()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Ping(7, isAck: true);

        Assert.Empty(peer.Frames());
    }

    [Fact]
    public void Frames_of_unknown_types_are_ignored()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw((FrameType)0xF0, (FrameFlags)0xFF, 7, 1, 2, 3);
        peer.Get(1);

        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
    }

    [Fact]
    public void Unknown_settings_are_ignored()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Settings(new Setting((SettingsParameter)0xABCD, 7));

        Assert.Equal(["SETTINGS ack"], peer.Frames());
    }

    [Theory]
    [InlineData(FrameType.Data, 1, ErrorCode.ProtocolError)]
    [InlineData(FrameType.RstStream, 1, ErrorCode.ProtocolError)]
    [InlineData(FrameType.WindowUpdate, 1, ErrorCode.ProtocolError)]
    [InlineData(FrameType.PushPromise, 1, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Continuation, 1, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Headers, 2, ErrorCode.CompressionError)]
    [InlineData(FrameType.Settings, 1, ErrorCode.ProtocolError)]
    public void A_frame_that_may_not_come_ends_the_connection(FrameType type, int streamId, ErrorCode code)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw(type, FrameFlags.EndHeaders, streamId, 0, 0, 0, 9);

        Assert.Equal([$"GOAWAY 0 {code}"], peer.Answers());
    }

    [Fact]
    public void An_even_stream_is_not_the_clients_to_open()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(2);

        Assert.Equal(["GOAWAY 0 ProtocolError"], peer.Answers());
        Assert.Equal(EndReason.InvalidStreamId, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_stream_is_not_opened_twice()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(5);
        peer.Get(3);

        Assert.Equal("GOAWAY 5 StreamClosed", peer.Answers()[^1]);
    }

    [Fact]
    public void A_block_that_cannot_be_decoded_is_COMPRESSION_ERROR_even_on_a_stream_that_is_closed()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) => exchange.Abort(EndReason.HandlerFailed));
        peer.Post(1);
        peer.Answers();
        peer.Raw(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, 0xFF, 0xFF, 0x0F);

        Assert.Equal(["GOAWAY 1 CompressionError"], peer.Answers());
    }

    [Fact]
    public void Error_codes_that_nobody_knows_mean_nothing()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Get(3);
        peer.Reset(1, (ErrorCode)0xABCDEF);
        peer.GoAway(0, (ErrorCode)0xABCDEF);

        Assert.Contains("aborted StreamReset", peer.Host.Events);
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Theory]
    [InlineData(FrameType.Ping, 0)]
    [InlineData(FrameType.Settings, 0)]
    [InlineData((FrameType)0xF0, 1)]
    [InlineData(FrameType.Data, 1)]
    [InlineData(FrameType.Headers, 1)]
    [InlineData(FrameType.Priority, 1)]
    [InlineData(FrameType.Continuation, 3)]
    public void Nothing_stands_between_the_frames_of_a_header_block(FrameType type, int streamId)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw(FrameType.Headers, FrameFlags.EndStream, 1, [.. Http2Peer.Encode(Http2Peer.Pseudo("GET", "/"))]);
        peer.Raw(type, FrameFlags.None, streamId, 0, 0, 0, 0, 0);

        Assert.Equal(["GOAWAY 0 ProtocolError"], peer.Answers());
        Assert.Equal(EndReason.HeaderBlockInterrupted, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_header_block_may_come_in_pieces()
    {
        Http2Peer peer = Http2Peer.Open();
        byte[] block = Http2Peer.Encode([.. Http2Peer.Pseudo("GET", "/pieces")]);
        peer.Raw(FrameType.Headers, FrameFlags.EndStream, 1, block[..3]);
        peer.Raw(FrameType.Continuation, FrameFlags.None, 1);
        peer.Raw(FrameType.Continuation, FrameFlags.EndHeaders, 1, block[3..]);

        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
        Assert.Contains("start GET /pieces", peer.Host.Events);
    }

    [Fact]
    public void Stopping_goes_in_two_steps_so_that_a_request_under_way_is_answered()
    {
        var held = new List<Exchange>();
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            Handlers.Hold(host, exchange);
            held.Add(exchange);
        });
        peer.Get(1);
        peer.Engine.Stop(peer.Host.Now);
        peer.Host.Pump();
        IReadOnlyList<string> first = peer.Frames();
        Assert.Equal("GOAWAY 2147483647 NoError", first[0]);
        ulong opaque = ulong.Parse(first[1]["PING ".Length..], System.Globalization.CultureInfo.InvariantCulture);

        // Sent before the client knew.
        peer.Get(3);
        peer.Ping(opaque, isAck: true);
        Assert.Equal(["GOAWAY 3 NoError"], peer.Answers());

        // Sent after: not read.
        peer.Get(5);
        foreach (Exchange exchange in held)
        {
            Handlers.AnswerAtOnce(peer.Host, exchange);
        }

        peer.Host.Pump();
        Assert.Equal(2, held.Count);
        Assert.Contains("DATA 3 end ok", peer.Answers());
        Assert.Equal(ConnectionClose.Linger, peer.Engine.Closing);
        Assert.Equal(EndReason.ServerStopping, peer.Engine.ClosingReason);
    }

    [Fact]
    public void Stopping_an_idle_connection_ends_it()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(1);
        peer.Engine.Stop(peer.Host.Now);
        peer.Host.Pump();

        Assert.Equal("GOAWAY 1 NoError", peer.Answers()[^1]);
        Assert.Equal(ConnectionClose.Linger, peer.Engine.Closing);
    }

    [Fact]
    public void An_idle_connection_ends_after_KeepAliveTimeout()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(1);
        peer.Frames();
        peer.Host.Advance(peer.Host.Limits.KeepAliveTimeout - 1);
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        peer.Host.Advance(peer.Host.Limits.KeepAliveTimeout);

        Assert.Equal(["GOAWAY 1 NoError"], peer.Answers());
        Assert.Equal(EndReason.KeepAliveTimeout, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_connection_on_which_nothing_comes_is_closed_in_silence()
    {
        var peer = new Http2Peer();
        peer.Host.Advance(peer.Host.Limits.Head.Initial);

        Assert.Equal(ConnectionClose.Close, peer.Engine.Closing);
        Assert.DoesNotContain(peer.Frames(), line => line.StartsWith("GOAWAY", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_that_half_closes_gets_what_it_asked_for()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Post(1);
        var held = new List<Exchange>();
        peer = Http2Peer.Open((host, exchange) =>
        {
            Handlers.Hold(host, exchange);
            held.Add(exchange);
        });
        peer.Get(1);
        peer.Post(3);
        peer.Host.FeedEnd();
        Handlers.AnswerAtOnce(peer.Host, held[0]);
        peer.Host.Pump();

        Assert.Contains("aborted TruncatedBody", peer.Host.Events);
        Assert.Contains("DATA 1 end ok", peer.Answers());
        Assert.Equal(ConnectionClose.Linger, peer.Engine.Closing);
    }

    [Fact]
    public void SETTINGS_that_is_not_acknowledged_is_SETTINGS_TIMEOUT()
    {
        var peer = new Http2Peer((host, exchange) => Handlers.Hold(host, exchange));
        peer.Feed(Http2Preface.Client);
        peer.Settings();
        peer.Get(1);
        for (int i = 0; i < 6 && peer.Engine.Closing == ConnectionClose.None; i++)
        {
            peer.Host.Advance(peer.Host.Limits.Timeout / 4);
            peer.Ping();
        }

        Assert.Equal("GOAWAY 1 SettingsTimeout", peer.Answers()[^1]);
    }

    [Fact]
    public void A_silent_client_with_open_streams_is_asked_whether_it_lives()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Frames();
        while (peer.Engine.Closing == ConnectionClose.None)
        {
            peer.Host.Advance(10_000);
        }

        Assert.Equal(["PING 0", "GOAWAY 1 NoError"], peer.Frames());
        Assert.Equal(EndReason.PingTimeout, peer.Engine.ClosingReason);
    }

    [Fact]
    public void NO_RFC7540_PRIORITIES_may_not_change_after_the_first_SETTINGS()
    {
        Http2Peer peer = Http2Peer.Open(null, null, new Setting(SettingsParameter.NoRfc7540Priorities, 1));
        peer.Settings(new Setting(SettingsParameter.NoRfc7540Priorities, 1));
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        peer.Settings(new Setting(SettingsParameter.NoRfc7540Priorities, 0));

        Assert.Equal("GOAWAY 0 ProtocolError", peer.Answers()[^1]);
    }

    [Fact]
    public void All_memory_goes_back_when_a_connection_ends_anywhere()
    {
        for (int step = 0; step < 6; step++)
        {
            Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
            peer.Post(1);
            peer.Data(1, new string('x', 20_000));
            if (step > 1)
            {
                peer.Raw(FrameType.Headers, FrameFlags.None, 3, 0x82);
            }

            if (step > 2)
            {
                peer.Host.Feed([0, 0, 4]);
            }

            peer.Host.End(step % 2 == 0 ? EndReason.PeerReset : EndReason.ServerStopping);

            Assert.Equal(0, peer.Host.Buffers.Outstanding);
        }
    }
}
