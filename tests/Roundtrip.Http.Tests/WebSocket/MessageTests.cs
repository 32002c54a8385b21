using System.Text;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 6455 sections 5.4 to 6: messages of every length, fragments with control frames between them, pings; and what is sent.</summary>
public class MessageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1_048_576)]
    public void A_message_of_any_length_comes_through_both_ways(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        var client = new TestSocket(role: WebSocketRole.Client);
        var server = new TestSocket();
        Assert.True(client.Connection.SendBinary(content));
        byte[] sent = client.TakeSent();
        Assert.Equal(length + (length < 126 ? 6 : length < 65_536 ? 8 : 14), sent.Length);

        byte[] received = [];
        for (int at = 0; at < sent.Length; at += 1000)
        {
            server.Connection.Receive(0, sent.AsSpan(at, Math.Min(1000, sent.Length - at)));
            while (server.Connection.TryReadEvent(out WebSocketEvent what))
            {
                Assert.Equal(WebSocketEventKind.Binary, what.Kind);
                received = what.Data.ToArray();
            }
        }

        Assert.Equal(content, received);
        server.Connection.SendBinary(received);
        client.Feed(server.TakeSent());
        Assert.Equal($"Binary {(length > 200 ? $"[{length}]" : Encoding.Latin1.GetString(content))}".TrimEnd(), Assert.Single(client.Events));
        server.Connection.Release();
        Assert.Equal(0, server.Outstanding);
    }

    [Fact]
    public void Fragments_are_one_message_and_control_frames_between_them_are_answered_at_once()
    {
        byte[] vector = [.. Frame.Text("Hel", "-"), .. Frame.Ping("1"), .. Frame.More("", "-"), .. Frame.Pong("2"), .. Frame.More("lo"), .. Frame.Binary([1], "-"), .. Frame.More("")];
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay(vector);

        Assert.Equal("Ping 1 | Pong 2 | Text Hello | Binary \u0001", outcome.Events);
        Assert.Equal("Pong 1", outcome.Sent);
    }

    [Fact]
    public void Each_ping_is_answered_with_its_payload_up_to_125_bytes()
    {
        string longest = new('x', 125);
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay([.. Frame.Ping(), .. Frame.Ping("\u0001é"), .. Frame.Ping(longest)]);

        Assert.Equal($"Pong | Pong \u0001Ã© | Pong {longest}", outcome.Sent);
    }

    [Fact]
    public void A_pong_that_nobody_asked_for_is_ignored() => Assert.Equal(("Pong a", ""), (WebSocketFeeds.EveryWay(Frame.Pong("a")).Events, WebSocketFeeds.EveryWay(Frame.Pong("a")).Sent));

    [Fact]
    public void Frames_of_messages_that_were_encoded_once_are_sent_from_where_they_lie()
    {
        EncodedMessage message = EncodedMessage.Binary(new byte[100_000]);
        var (one, other) = (new TestSocket(), new TestSocket());
        one.Connection.Send(message);
        other.Connection.Send(message);

        Assert.Same(one.Connection.Output.Segments[0].Memory, other.Connection.Output.Segments[0].Memory);
        Assert.Equal(message.Frame.ToArray(), one.Sent);
        Assert.Equal(message.Frame.ToArray(), Frame.Of(Opcode.Binary, new byte[100_000], mask: null));
    }

    [Fact]
    public void A_peer_that_asks_and_does_not_listen_is_not_read()
    {
        var socket = new TestSocket();
        byte[] ping = Frame.Ping(new string('x', 125));
        int sent = 0;
        while (socket.Connection.WantsInput && sent < 10_000)
        {
            socket.Feed(ping);
            sent++;
        }

        Assert.InRange(sent, 100, 1000);
        _ = socket.Sent;
        Assert.True(socket.Connection.WantsInput);
    }

    [Fact]
    public void Masking_is_the_same_at_any_offset_and_in_any_pieces()
    {
        byte[] source = new byte[300];
        new Random(3).NextBytes(source);
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        byte[] expected = [.. source.Select((value, index) => (byte)(value ^ mask[index % 4]))];
        for (int cut = 0; cut <= source.Length; cut++)
        {
            byte[] result = new byte[source.Length];
            Masking.Apply(source.AsSpan(0, cut), result, Frame.Mask);
            Masking.Apply(source.AsSpan(cut), result.AsSpan(cut), Frame.Mask, cut);
            Assert.Equal(expected, result);
        }
    }

    [Fact]
    public void The_examples_of_RFC_6455_are_read_and_written()
    {
        Assert.Equal("Text Hello", WebSocketFeeds.EveryWay(Convert.FromHexString("818537fa213d7f9f4d5158")).Events);
        Assert.Equal("Text Hello", WebSocketFeeds.EveryWay(Convert.FromHexString("010348656c80026c6f"), role: WebSocketRole.Client).Events);
        Assert.Equal("Pong Hello", WebSocketFeeds.EveryWay(Convert.FromHexString("898537fa213d7f9f4d5158")).Sent);
        var socket = new TestSocket();
        socket.Connection.SendText("Hello"u8);
        Assert.Equal("810548656C6C6F", Convert.ToHexString(socket.Sent));
    }

    [Fact]
    public void A_client_masks_each_frame_with_another_key()
    {
        var client = new TestSocket(role: WebSocketRole.Client);
        client.Connection.SendText("a"u8);
        client.Connection.Ping();
        byte[] sent = client.Sent;
        Assert.True(FrameHeader.TryRead(sent, out FrameHeader first));
        Assert.True(FrameHeader.TryRead(sent.AsSpan(first.Size + 1), out FrameHeader second));

        Assert.True(first.IsMasked && second.IsMasked && first.Mask != second.Mask);
    }

    [Fact]
    public void Messages_received_and_sent_allocate_nothing()
    {
        var socket = new TestSocket();
        byte[] text = Frame.Text(new string('x', 500)), part = Frame.Text("some ", "-"), rest = Frame.More("more");
        EncodedMessage message = EncodedMessage.Text("for all");
        byte[] scratch = new byte[4096];
        long allocated = Allocated.Least(5, () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Take(socket, text);
                Take(socket, part);
                Take(socket, rest);
                socket.Connection.Send(message);
                while (socket.Connection.Output.Read(scratch) > 0)
                {
                }
            }
        });

        Assert.Equal(0, allocated);
    }

    private static void Take(TestSocket socket, ReadOnlySpan<byte> bytes)
    {
        socket.Connection.Receive(0, bytes);
        while (socket.Connection.TryReadEvent(out WebSocketEvent what))
        {
            socket.Connection.SendText(what.Data);
        }
    }
}
