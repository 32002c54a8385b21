using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>RFC 9113 section 6.9: windows in both directions.</summary>
public class Http2FlowControlTests
{
    private static readonly byte[] Content = GC.AllocateArray<byte>(200_000, pinned: true);

    [Fact]
    public void No_more_is_sent_than_the_streams_window_allows()
    {
        Http2Peer peer = Http2Peer.Open(AnswerAll, null, new Setting(SettingsParameter.InitialWindowSize, 10));
        peer.Get(1);
        Assert.Equal(["HEADERS 1 200 content-length=200000", "DATA 1 \0\0\0\0\0\0\0\0\0\0"], peer.Answers());
        peer.WindowUpdate(1, 3);
        Assert.Equal(["DATA 1 \0\0\0"], peer.Answers());
    }

    [Fact]
    public void Of_two_initial_windows_in_one_frame_the_last_counts()
    {
        Http2Peer peer = Http2Peer.Open(AnswerAll, null, new Setting(SettingsParameter.InitialWindowSize, 10), new Setting(SettingsParameter.InitialWindowSize, 3));
        peer.Get(1);

        Assert.Equal("DATA 1 \0\0\0", peer.Answers()[^1]);
    }

    [Fact]
    public void No_more_is_sent_than_the_connections_window_allows()
    {
        Http2Peer peer = Http2Peer.Open(AnswerAll, null, new Setting(SettingsParameter.InitialWindowSize, 1_000_000));
        peer.Get(1);
        Assert.Equal(SendWindow.Initial, SizeOfData(peer));
        peer.WindowUpdate(0, 1000);
        Assert.Equal(1000, SizeOfData(peer));
        peer.WindowUpdate(0, 1_000_000);
        Assert.Equal(Content.Length - SendWindow.Initial - 1000, SizeOfData(peer));
    }

    [Fact]
    public void A_smaller_initial_window_may_leave_a_stream_below_zero()
    {
        Http2Peer peer = Http2Peer.Open(AnswerAll, null, new Setting(SettingsParameter.InitialWindowSize, 1000));
        peer.Get(1);
        Assert.Equal(1000, SizeOfData(peer));
        peer.Settings(new Setting(SettingsParameter.InitialWindowSize, 100));
        peer.WindowUpdate(1, 900);
        Assert.Equal(0, SizeOfData(peer));
        peer.WindowUpdate(1, 7);
        Assert.Equal(7, SizeOfData(peer));
    }

    [Fact]
    public void A_window_beyond_31_bits_is_FLOW_CONTROL_ERROR()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.WindowUpdate(1, int.MaxValue);
        Assert.Equal(["RST_STREAM 1 FlowControlError"], peer.Answers());
        peer.WindowUpdate(0, int.MaxValue);
        Assert.Equal(["GOAWAY 1 FlowControlError"], peer.Answers());
    }

    [Fact]
    public void An_initial_window_that_takes_a_stream_beyond_31_bits_ends_the_connection()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.WindowUpdate(1, 100);
        peer.Settings(new Setting(SettingsParameter.InitialWindowSize, int.MaxValue));

        Assert.Equal(["GOAWAY 1 FlowControlError"], peer.Answers());
    }

    [Fact]
    public void An_increment_of_0_is_PROTOCOL_ERROR()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Raw(FrameType.WindowUpdate, FrameFlags.None, 1, 0, 0, 0, 0);
        Assert.Equal(["RST_STREAM 1 ProtocolError"], peer.Answers());
        peer.Raw(FrameType.WindowUpdate, FrameFlags.None, 0, 0, 0, 0, 0);
        Assert.Equal(["GOAWAY 1 ProtocolError"], peer.Answers());
    }

    [Fact]
    public void Padding_counts_against_the_windows_and_is_given_back()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Post(1);
        for (int i = 0; i < 1000; i++)
        {
            peer.Raw(FrameType.Data, FrameFlags.Padded, 1, [200, (byte)'x', .. new byte[200]]);
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Assert.True(peer.Frames().Where(line => line.StartsWith("WINDOW_UPDATE 1", StringComparison.Ordinal)).Sum(Increment) > 1000 * 201 - SendWindow.Initial);
    }

    [Fact]
    public void More_content_than_the_streams_window_is_FLOW_CONTROL_ERROR()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange), HttpLimits.Default with { Http2 = Http2Limits.Default with { WindowSize = 1024 } });
        peer.Post(1);
        peer.Data(1, new string('x', 1025));

        Assert.Equal(["RST_STREAM 1 FlowControlError"], peer.Answers());
        Assert.Contains("aborted FlowControlViolated", peer.Host.Events);
    }

    [Fact]
    public void More_content_than_the_connections_window_ends_the_connection()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        for (int id = 1; peer.Engine.Closing == ConnectionClose.None && id < 100; id += 2)
        {
            peer.Post(id);
            for (int sent = 0; sent < SendWindow.Initial - 16_000; sent += 16_000)
            {
                peer.Data(id, new string('x', 16_000));
            }
        }

        Assert.Equal("FlowControlError", peer.Answers()[^1].Split(' ')[^1]);
        Assert.Equal(EndReason.FlowControlViolated, peer.Engine.ClosingReason);
    }

    [Fact]
    public void What_nobody_read_of_a_stream_that_ended_is_given_back_to_the_connection()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        for (int id = 1; id < 60; id += 2)
        {
            peer.Post(id);
            peer.Data(id, new string('x', 16_000));
            peer.Reset(id);
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Assert.True(peer.Frames().Where(line => line.StartsWith("WINDOW_UPDATE 0", StringComparison.Ordinal)).Sum(Increment) >= 30 * 16_000 - 256 * 1024);
    }

    [Fact]
    public void An_upload_over_a_long_path_has_its_windows_grow_until_they_hold_it_back_no_more()
    {
        // 100 ms there and back, and as much bandwidth as the windows let through: each round trip carries a whole window.
        long received = 0;
        Http2Peer peer = Http2Peer.Open((host, exchange) => new Sink(count => received += count).Begin(exchange));
        peer.Post(1);
        (long stream, long connection) = (SendWindow.Initial, SendWindow.Initial + 196_609);
        var perTrip = new List<long>();
        for (int trip = 0; trip < 12; trip++)
        {
            long sent = 0;
            string piece = new('x', 16_000);
            while (Math.Min(stream, connection) >= piece.Length)
            {
                peer.Data(1, piece);
                stream -= piece.Length;
                connection -= piece.Length;
                sent += piece.Length;
            }

            perTrip.Add(sent);
            peer.Host.Now += 100;
            foreach (string line in peer.Frames())
            {
                if (line.StartsWith("WINDOW_UPDATE 0", StringComparison.Ordinal))
                {
                    connection += Increment(line);
                }
                else if (line.StartsWith("WINDOW_UPDATE 1", StringComparison.Ordinal))
                {
                    stream += Increment(line);
                }
                else if (line.StartsWith("PING ", StringComparison.Ordinal))
                {
                    peer.Ping(ulong.Parse(line["PING ".Length..], System.Globalization.CultureInfo.InvariantCulture), isAck: true);
                }
            }
        }

        Assert.Equal(perTrip.Sum(), received);
        Assert.True(perTrip[^1] > 2_000_000, $"the last round trip carried {perTrip[^1]} bytes: {string.Join(' ', perTrip)}");
    }

    [Fact]
    public void A_writer_is_held_back_and_goes_on_when_the_client_takes_more()
    {
        Exchange? held = null;
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                Handlers.Hold(host, exchange);
                held = exchange;
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Get(1);
        held!.Respond(200, FieldBlock.Empty);
        int taken = held.Write(new byte[100_000]);
        Assert.Equal(Http2Limits.Default.StreamMaxMemSize, taken);
        Assert.False(held.CanWrite);
        Assert.DoesNotContain("writable", peer.Host.Events);
        peer.WindowUpdate(1, 40_000);
        Assert.Contains("writable", peer.Host.Events);
        Assert.True(held.CanWrite);
    }

    private static int Increment(string line) => int.Parse(line.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);

    // The bytes of DATA that came since the last look.
    private static int SizeOfData(Http2Peer peer)
    {
        peer.Frames();
        return peer.TakeDataBytes();
    }

    private static void AnswerAll(TestHost host, Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, Content.Length);
        exchange.WriteShared(Content, 0, Content.Length);
        exchange.Complete();
    }

    private sealed class Sink(Action<int> took) : IExchangeHandler
    {
        private readonly byte[] _piece = new byte[65_536];

        public string Name => "sink";

        public void Begin(Exchange exchange)
        {
            exchange.Handler = this;
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            for (BodyRead read = exchange.ReadBody(_piece); read.Status == BodyReadStatus.Data; read = exchange.ReadBody(_piece))
            {
                took(read.Count);
            }
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }
}
