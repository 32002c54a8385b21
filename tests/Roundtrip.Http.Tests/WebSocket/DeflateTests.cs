using System.IO.Compression;
using System.Text;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 7692 sections 6 and 7.2: compressed messages, against zlib in both directions; what they may cost.</summary>
public class DeflateTests
{
    private static readonly DeflateParameters Alone = new(true, true);
    private static readonly DeflateParameters Kept = new(false, false);

    public static TheoryData<string> Examples() =>
    [
        // RFC 7692 §7.2.3.1 to 7.2.3.5: one block, two fragments, no compression, BFINAL, two blocks.
        "c107f248cdc9c90700", "4103f248cd8004c9c90700", "c10b000500faff48656c6c6f00", "c108f348cdc9c9070000", "c10df248050000 00ffffcac9c90700",
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_RFC_7692_are_read(string hex)
    {
        byte[] vector = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal("Text Hello", WebSocketFeeds.EveryWay(vector, deflate: Alone, role: WebSocketRole.Client).Events);
    }

    [Fact]
    public void The_second_example_with_context_takeover_looks_back_at_the_first()
    {
        byte[] vector = Convert.FromHexString("c107f248cdc9c90700c105f200110000");

        Assert.Equal("Text Hello | Text Hello", WebSocketFeeds.EveryWay(vector, deflate: Kept, role: WebSocketRole.Client).Events);
        Assert.Equal("Text Hello | closed 1006  WebSocketInvalidDeflate 1007", WebSocketFeeds.EveryWay(vector, deflate: Alone, role: WebSocketRole.Client).Events);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_zlib_compressed_is_read_cut_anywhere(CompressionLevel level)
    {
        foreach (byte[] content in Contents())
        {
            byte[] frame = Frame.Binary(Zlib(content, level), "1");
            foreach (int piece in new[] { 1, 7, 1000, frame.Length })
            {
                Assert.Equal(content, ReadOne(new TestSocket(deflate: Alone), frame, piece));
            }
        }
    }

    [Fact]
    public void A_block_that_describes_all_nineteen_code_lengths_is_read_whole_as_it_is_byte_by_byte()
    {
        // Nineteen times three bits are one more than may be at hand where they begin at the right bit: five literals of nine bits in a block of the fixed code see to that.
        var writer = new BitWriter();
        writer.Write(0b010, 3);
        for (int i = 0; i < 5; i++)
        {
            writer.Write((ulong)HuffmanEncoder.Reverse(0b110010000, 9), 9);
        }

        writer.Write(0, 7);
        writer.Write(0b100, 3);
        writer.Write(0, 5);
        writer.Write(0, 5);
        writer.Write(15, 4);
        foreach (byte symbol in DeflateFormat.CodeLengthOrder)
        {
            writer.Write(symbol is 1 or 18 ? 1u : 0u, 3);
        }

        // The code: 0 for length 1, 1 for a run of zeros. 65 literals without a code, then 'A' and so on.
        writer.Write(1, 1);
        writer.Write(65 - 11, 7);
        writer.Write(0, 1);
        writer.Write(1, 1);
        writer.Write(138 - 11, 7);
        writer.Write(1, 1);
        writer.Write(52 - 11, 7);
        writer.Write(0, 1);
        writer.Write(0, 1);

        // 100 times A, end; then the empty block.
        for (int i = 0; i < 100; i++)
        {
            writer.Write(0, 1);
        }

        writer.Write(1, 1);
        writer.Write(0, 3);
        writer.Align();

        Assert.Equal($"Binary {new string('\u0090', 5)}{new string('A', 100)}", WebSocketFeeds.EveryWay(Frame.Of(Opcode.Binary, writer.Written, "1"), deflate: Alone).Events);
    }

    [Fact]
    public void What_we_compress_zlib_reads_and_so_do_we()
    {
        var deflater = new Deflater();
        foreach (byte[] content in Contents())
        {
            foreach (int bits in new[] { 8, 11, 15 })
            {
                byte[] payload = deflater.Deflate([], content, bits).ToArray();
                Assert.Equal(content, Unzlib(payload));
                Assert.Equal(content, ReadOne(new TestSocket(deflate: new DeflateParameters(true, true, 15, bits)), Frame.Binary(payload, "1"), 4096));
            }
        }
    }

    [Fact]
    public void It_comes_near_to_zlib()
    {
        byte[] json = Encoding.UTF8.GetBytes(string.Join(",", Enumerable.Range(0, 2000).Select(i => $$"""{"id":{{i}},"name":"sensor {{i % 17}}","value":{{i * 37 % 1000}}.{{i % 10}}}""")));
        int ours = new Deflater().Deflate([], json, 15).Length;

        Assert.InRange(ours, json.Length / 50, Zlib(json, CompressionLevel.Optimal).Length * 1.1);
    }

    [Theory]
    [InlineData(15, 15)]
    [InlineData(15, 9)]
    [InlineData(9, 15)]
    [InlineData(8, 8)]
    public void Messages_go_both_ways_with_contexts_and_windows_as_agreed(int serverBits, int clientBits)
    {
        var random = new Random((serverBits * 100) + clientBits);
        foreach (DeflateParameters agreed in new[] { Kept, Alone, new(true, false), new(false, true) })
        {
            DeflateParameters parameters = agreed with { ServerWindowBits = serverBits, ClientWindowBits = clientBits };
            var server = new TestSocket(deflate: parameters);
            var client = new TestSocket(deflate: parameters, role: WebSocketRole.Client);
            for (int i = 0; i < 60; i++)
            {
                byte[] content = RandomText(random, random.Next(5000));
                Assert.True(client.Connection.SendText(content));
                Assert.Equal(content, ReadOne(server, client.TakeSent(), random.Next(1, 2000)));
                if (i % 3 == 0)
                {
                    server.Connection.Send(EncodedMessage.Text(content));
                }
                else
                {
                    server.Connection.SendText(content);
                }

                Assert.Equal(content, ReadOne(client, server.TakeSent(), random.Next(1, 2000)));
            }

            Assert.Equal((0, 0), (server.Outstanding, client.Outstanding));
        }
    }

    [Fact]
    public void With_context_takeover_a_message_that_came_before_costs_little()
    {
        byte[] content = RandomText(new Random(1), 3000);
        var server = new TestSocket(deflate: Kept);
        server.Connection.SendText(content);
        int first = server.TakeSent().Length;
        server.Connection.SendText(content);
        int second = server.TakeSent().Length;

        Assert.InRange(second, 5, first / 10);
    }

    [Fact]
    public void One_compressed_frame_goes_to_all_and_where_the_window_is_too_small_the_plain_one()
    {
        EncodedMessage message = EncodedMessage.Text(new string('x', 20_000));
        TestSocket[] sockets = [new(deflate: Alone), new(deflate: Kept), new(deflate: Alone with { ServerWindowBits = 9 }), new()];
        foreach (TestSocket socket in sockets)
        {
            socket.Connection.Send(message);
        }

        Assert.Same(sockets[0].Connection.Output.Segments[0].Memory, sockets[1].Connection.Output.Segments[0].Memory);
        Assert.InRange(sockets[0].Connection.Output.Length, 10, 200);
        Assert.Same(sockets[2].Connection.Output.Segments[0].Memory, sockets[3].Connection.Output.Segments[0].Memory);
        Assert.Equal(message.Frame.Length, sockets[3].Connection.Output.Length);
    }

    [Fact]
    public void What_does_not_shrink_is_sent_as_it_is()
    {
        byte[] noise = new byte[1000];
        new Random(5).NextBytes(noise);
        var socket = new TestSocket(deflate: Alone);
        socket.Connection.SendBinary(noise);
        socket.Connection.Send(EncodedMessage.Binary(noise));

        Assert.DoesNotContain("compressed", socket.SentFrames, StringComparison.Ordinal);
    }

    [Fact]
    public void Six_MiB_of_zeros_in_six_KiB_are_refused_when_the_limit_is_reached()
    {
        byte[] bomb = Zlib(new byte[6 * 1024 * 1024], CompressionLevel.SmallestSize);
        Assert.InRange(bomb.Length, 1, 8000);
        var socket = new TestSocket(WebSocketLimits.Default with { Message = 100_000 }, Alone);
        long before = GC.GetAllocatedBytesForCurrentThread();
        socket.Feed(Frame.Binary(bomb, "1"));

        Assert.Equal("closed 1006  WebSocketMessageTooLarge 1009", Assert.Single(socket.Events));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
        socket.Connection.Release();
        Assert.Equal(0, socket.Outstanding);
    }

    [Fact]
    public void Blocks_that_become_nothing_are_bounded_by_what_comes()
    {
        // Empty stored blocks, fragment after fragment, none of which ends the message.
        byte[] nothing = [.. Enumerable.Repeat((byte[])[0, 0, 0, 0xff, 0xff], 200).SelectMany(block => block)];
        var socket = new TestSocket(WebSocketLimits.Default with { Message = 10_000 }, Alone);
        socket.Feed(Frame.Binary(nothing, "-1"));
        for (int i = 0; i < 20 && socket.Events.Count == 0; i++)
        {
            socket.Feed(Frame.Of(Opcode.Continuation, nothing, "-"));
        }

        Assert.Equal("closed 1006  WebSocketMessageTooLarge 1009", Assert.Single(socket.Events));
    }

    [Fact]
    public void A_match_beyond_the_window_that_was_agreed_on_is_refused()
    {
        byte[] content = [.. RandomText(new Random(9), 600), .. new byte[300], .. RandomText(new Random(9), 600)];
        byte[] frame = Frame.Binary(new Deflater().Deflate([], content, 15), "1");

        Assert.Equal(content, ReadOne(new TestSocket(deflate: Alone), frame, 100));
        var narrow = new TestSocket(deflate: Alone with { ClientWindowBits = 8 });
        narrow.Feed(frame);
        Assert.Equal("closed 1006  WebSocketInvalidDeflate 1007", Assert.Single(narrow.Events));
    }

    [Fact]
    public void Text_is_checked_after_decompression_where_it_shows()
    {
        byte[] payload = Zlib([.. Encoding.UTF8.GetBytes(new string('a', 5000)), 0xff, .. new byte[5000]], CompressionLevel.NoCompression);
        byte[] frame = Frame.Of(Opcode.Text, payload, "1");
        var socket = new TestSocket(deflate: Alone);
        socket.Feed(frame[..6000]);

        Assert.Equal("closed 1006  WebSocketInvalidUtf8 1007", Assert.Single(socket.Events));
    }

    [Fact]
    public void An_uncompressed_message_stays_out_of_the_window()
    {
        var (server, client) = (new TestSocket(deflate: Kept), new TestSocket(deflate: Kept, role: WebSocketRole.Client));
        byte[] text = RandomText(new Random(2), 500);
        foreach (byte[] content in new[] { text, "short"u8.ToArray(), text, "short"u8.ToArray(), text })
        {
            client.Connection.SendText(content);
            Assert.Equal(content, ReadOne(server, client.TakeSent(), 10));
        }
    }

    [Fact]
    public void Without_context_takeover_messages_allocate_nothing_once_all_is_warm()
    {
        var (server, client) = (new TestSocket(deflate: Alone), new TestSocket(deflate: Alone, role: WebSocketRole.Client));
        byte[] content = RandomText(new Random(4), 2000);
        client.Connection.SendText(content);
        byte[] frame = client.TakeSent();
        byte[] scratch = new byte[8192];
        long allocated = Allocated.Least(5, () =>
        {
            for (int i = 0; i < 100; i++)
            {
                server.Connection.Receive(0, frame);
                while (server.Connection.TryReadEvent(out WebSocketEvent what))
                {
                    server.Connection.SendText(what.Data);
                }

                while (server.Connection.Output.Read(scratch) > 0)
                {
                }
            }
        });

        Assert.Equal(0, allocated);
    }

    private static byte[] ReadOne(TestSocket socket, byte[] bytes, int pieceLength)
    {
        byte[]? content = null;
        for (int at = 0; at < bytes.Length; at += pieceLength)
        {
            socket.Connection.Receive(0, bytes.AsSpan(at, Math.Min(pieceLength, bytes.Length - at)));
            while (socket.Connection.TryReadEvent(out WebSocketEvent what))
            {
                Assert.True(what.Kind is WebSocketEventKind.Text or WebSocketEventKind.Binary, $"{what.Kind} {what.Error}");
                Assert.Null(content);
                content = what.Data.ToArray();
            }
        }

        return content ?? [];
    }

    private static IEnumerable<byte[]> Contents()
    {
        var random = new Random(11);
        yield return [];
        yield return [7];
        yield return new byte[258];
        yield return new byte[100_000];
        foreach (int length in new[] { 2, 3, 100, 32_767, 32_769, 70_000, 200_000 })
        {
            byte[] noise = new byte[length];
            random.NextBytes(noise);
            yield return noise;
            yield return RandomText(random, length);
            yield return [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251 * (i / 4000)))];
        }
    }

    private static byte[] RandomText(Random random, int length)
    {
        string[] words = ["the ", "message ", "window ", "{\"id\": ", "é", "\n", "0123456789", "a", "roundtrip "];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(10) == 0 ? random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
        }

        return Encoding.UTF8.GetBytes(text.ToString(0, length));
    }

    // As a sender with zlib does: a flush, whose last four bytes are left away.
    private static byte[] Zlib(byte[] content, CompressionLevel level)
    {
        var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, level, leaveOpen: true);
        deflate.Write(content);
        deflate.Flush();
        byte[] bytes = compressed.ToArray();

        // An empty message has nothing to flush.
        return bytes.Length == 0 ? [0] : bytes.AsSpan().EndsWith((ReadOnlySpan<byte>)[0, 0, 0xff, 0xff]) ? bytes[..^4] : throw new InvalidOperationException(Convert.ToHexString(bytes));
    }

    private static byte[] Unzlib(byte[] payload)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. payload, 0, 0, 0xff, 0xff]), CompressionMode.Decompress);
        var content = new MemoryStream();
        inflate.CopyTo(content);
        return content.ToArray();
    }
}
