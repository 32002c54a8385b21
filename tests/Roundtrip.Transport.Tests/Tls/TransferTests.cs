using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class TransferTests
{
    [Theory]
    [InlineData(TlsVersion.Tls12, 1 << 20, 64 * 1024)]
    [InlineData(TlsVersion.Tls13, 1 << 20, 64 * 1024)]
    [InlineData(TlsVersion.Tls12, 100, 64 * 1024)]
    [InlineData(TlsVersion.Tls13, 100, 64 * 1024)]
    [InlineData(TlsVersion.Tls12, 7, 1)]
    [InlineData(TlsVersion.Tls13, 7, 1)]
    [InlineData(TlsVersion.Tls13, 50_000, 1)]
    public void Both_directions_arrive_whole_through_any_window(TlsVersion version, int window, int ciphertextLimit)
    {
        int size = window < 100 ? 50_000 : 2_000_000;
        byte[] sent = RandomBytes(size);
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version), window, ciphertextLimit, echo: true);
        pair.Handshake();
        using var got = new MemoryStream();
        byte[] buffer = new byte[30_000];
        for (int at = 0; at < size;)
        {
            int count = Math.Min(9_999, size - at);
            pair.Client.Write(sent.AsSpan(at, count));
            at += count;
            pair.Pump();
            for (int n; (n = pair.Client.Read(buffer)) > 0;)
            {
                got.Write(buffer, 0, n);
            }
        }

        got.Write(pair.ClientRead((int)(size - got.Length)));
        Assert.Equal(sent, got.ToArray());
        pair.Server.Close();
        pair.Pump();
        Assert.Equal(0, pair.Loop.Buffers.Outstanding);
    }

    [Fact]
    public void A_head_and_its_shared_body_are_one_record_and_one_send()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13));
        pair.Handshake();
        pair.TakeSession();
        byte[] head = RandomBytes(300);
        byte[] body = GC.AllocateArray<byte>(9_000, pinned: true);
        int sends = pair.Inner.Sends;
        pair.Sink.Output.Write(head);
        pair.Sink.Output.WriteShared(body, 0, body.Length);
        pair.Sink.Send();

        Assert.Equal(sends + 1, pair.Inner.Sends);
        byte[] wire = new byte[20_000];
        int count = pair.Inner.ClientReceive(wire);
        Assert.Equal(9_300 + 1 + 16 + 5, count);
        Assert.Equal(count - 5, wire[3] << 8 | wire[4]);
    }

    [Fact]
    public void A_request_and_its_answer_cost_one_read_and_one_send()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), echo: true);
        pair.Handshake();
        pair.TakeSession();
        (int receives, int sends) = (pair.Inner.Receives, pair.Inner.Sends);
        pair.Client.Write(new byte[1000]);
        pair.ClientRead(1000);
        Assert.Equal((receives + 1, sends + 1), (pair.Inner.Receives, pair.Inner.Sends));
    }

    [Fact]
    public void Records_that_OpenSSL_holds_are_read_although_the_socket_is_empty()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        for (int i = 0; i < 50; i++)
        {
            pair.Client.Write([(byte)i]);
        }

        pair.Sink.IsPaused = true;
        pair.Sink.Ask();
        pair.Inner.ClientSend(pair.Client.TakeOutput());
        pair.Loop.RunUntilIdle();
        Assert.Equal(0, pair.Sink.Received.Length);

        pair.Sink.IsPaused = false;
        pair.Sink.Ask();
        pair.Loop.RunUntilIdle();
        Assert.Equal(50, pair.Sink.Received.Length);
    }

    [Fact]
    public void A_reader_that_takes_one_byte_at_a_time_gets_all_of_a_record()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var client = new TlsTestClient();
        var loop = new TestLoop();
        var inner = new MemoryConnection(loop);
        var server = new TlsConnection(new TlsLoop(loop), context, inner);
        var sink = new ServerSink(server, loop.Buffers, bufferSize: 1);
        server.Start();
        sink.Ask();
        byte[] wire = new byte[10_000];
        while (!client.Done)
        {
            client.Handshake();
            inner.ClientSend(client.TakeOutput());
            loop.RunUntilIdle();
            client.Feed(wire.AsSpan(0, inner.ClientReceive(wire)));
        }

        byte[] sent = RandomBytes(5000);
        client.Write(sent);
        client.Shutdown();
        inner.ClientSend(client.TakeOutput());
        loop.RunUntilIdle();
        Assert.Equal(sent, sink.Received.ToArray());
        Assert.True(sink.SawEnd);
        server.Close();
    }

    [Fact]
    public void Backpressure_reaches_the_plaintext()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 10_000);
        pair.Handshake();
        pair.TakeSession();
        byte[] body = RandomBytes(1_000_000);
        pair.Sink.Output.Write(body);
        pair.Sink.Send();
        pair.Loop.RunUntilIdle();

        // 64 KiB may wait as ciphertext, to the record's end, and 10,000 bytes are in the window.
        Assert.InRange(pair.Sink.Output.Length, 1_000_000 - 100_000, 1_000_000 - 64 * 1024);
        Assert.Equal(IoStatus.WouldBlock, pair.Server.Write(pair.Sink.Output, 1000).Status);
        Assert.Equal(body, pair.ClientRead(body.Length));
    }

    [Fact]
    public void A_budget_is_kept()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Sink.Output.Write(new byte[50_000]);
        Assert.Equal(IoResult.Done(20_000), pair.Server.Write(pair.Sink.Output, 20_000));
        Assert.Equal(30_000, pair.Sink.Output.Length);
        Assert.Equal(50_000 - 30_000, pair.ClientRead(20_000).Length);
        pair.Sink.Output.Clear();
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1000)]
    public void A_file_is_sent_between_memory(long largestRead)
    {
        byte[] content = RandomBytes(300_000);
        var file = new MemoryFile(content) { LargestRead = largestRead };
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 50_000);
        pair.Handshake();
        pair.Sink.Output.Write("head"u8);
        pair.Sink.Output.WriteFile(file, 10, content.Length - 10);
        pair.Sink.Output.Write("tail"u8);
        file.ReleaseReference();
        pair.Sink.Send();
        byte[] got = pair.ClientRead(content.Length - 10 + 8);
        Assert.Equal([.. "head"u8, .. content[10..], .. "tail"u8], got);
        Assert.True(file.IsClosed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_whose_content_is_kept_is_not_read_and_one_that_is_let_go_is_read_from_where_it_is(bool isFramed)
    {
        byte[] content = RandomBytes(300_000);
        var file = new MemoryFile(content) { IsKept = true, FailWith = FileReadStatus.Failed };
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        OutputQueue output = pair.Sink.Output;
        List<byte> expected = [];
        int frame = isFramed ? 16_384 : content.Length;
        for (int at = 0; at < content.Length; at += frame)
        {
            int length = Math.Min(frame, content.Length - at);
            output.Write("header---"u8);
            output.WriteFile(file, at, length);
            expected.AddRange([.. "header---"u8, .. content.AsSpan(at, length)]);
        }

        Assert.Equal(IoResult.Done(100_000), pair.Server.Write(output, 100_000));
        (file.IsKept, file.FailWith) = (false, FileReadStatus.Read);
        Assert.Equal(IoResult.Done(50_000), pair.Server.Write(output, 50_000));
        file.IsKept = true;
        pair.Sink.Send();
        Assert.Equal(expected, pair.ClientRead(expected.Count));
    }

    [Fact]
    public void A_cold_file_is_said_to_be_cold_behind_what_is_warm()
    {
        byte[] content = RandomBytes(300_000);
        var file = new MemoryFile(content) { WarmUntil = 40_000 };
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        OutputQueue output = pair.Sink.Output;
        output.Write("head"u8);
        output.WriteFile(file, 0, content.Length);
        IoResult first = pair.Server.Write(output, long.MaxValue);
        Assert.Equal(IoResult.Done(40_004), first);
        Assert.Equal(IoStatus.FileNotInMemory, pair.Server.Write(output, long.MaxValue).Status);
        file.Warm(40_000, 300_000);
        pair.Sink.Send();
        Assert.Equal([.. "head"u8, .. content], pair.ClientRead(content.Length + 4));
    }

    [Theory]
    [InlineData(FileReadStatus.Changed, EndReason.ResponseSourceChanged)]
    [InlineData(FileReadStatus.Failed, EndReason.ResponseSourceFailed)]
    public void A_file_that_fails_fails_the_write(FileReadStatus status, EndReason reason)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Sink.Output.WriteFile(new MemoryFile(new byte[100]) { FailWith = status }, 0, 100);
        Assert.Equal(IoResult.Failed(reason), pair.Server.Write(pair.Sink.Output, 1000));
    }

    [Fact]
    public void Bytes_of_a_file_that_changed_under_the_read_are_not_sent()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.TakeSession();
        int sends = pair.Inner.Sends;
        pair.Sink.Output.WriteFile(new MemoryFile(new byte[100]) { Unchanged = false }, 0, 100);
        Assert.Equal(IoResult.Failed(EndReason.ResponseSourceChanged), pair.Server.Write(pair.Sink.Output, 1000));
        Assert.Equal(sends, pair.Inner.Sends);
    }

    [Fact]
    public void A_key_update_is_answered()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13), ciphertextLimit: 1, echo: true);
        pair.Handshake();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(1, LibSslClient.SSL_key_update(pair.Client.Ssl, 1));
            pair.Client.Write("hello"u8);
            Assert.Equal("hello"u8, pair.ClientRead(5));
        }
    }

    [Fact]
    public void A_record_that_found_no_room_is_offered_again_at_its_length_whatever_the_budget()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13), ciphertextLimit: 1);
        pair.Handshake();
        pair.TakeSession();
        Assert.Equal(1, LibSslClient.SSL_key_update(pair.Client.Ssl, 1));
        pair.Client.Write("x"u8);
        pair.Pump();

        // The answer to the key update takes the room, so that the record behind it is refused.
        byte[] body = RandomBytes(9000);
        pair.Sink.Output.Write(body);
        Assert.Equal(IoStatus.WouldBlock, pair.Server.Write(pair.Sink.Output, 5000).Status);
        Assert.Equal(IoResult.Done(5000), pair.Server.Write(pair.Sink.Output, 100));
        pair.Sink.Send();
        Assert.Equal(body, pair.ClientRead(body.Length));
    }

    [Fact]
    public void A_flood_of_key_updates_without_data_is_ended()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13), window: 1000);
        pair.Handshake();
        for (int i = 0; i < 1000 && pair.Sink.Aborted == EndReason.None; i++)
        {
            _ = LibSslClient.SSL_key_update(pair.Client.Ssl, 1);
            pair.Client.Handshake();
            pair.Inner.ClientSend(pair.Client.TakeOutput());
            pair.Loop.RunUntilIdle();
        }

        Assert.InRange(pair.Loop.Buffers.Outstanding, 0, 5);
    }

    [Fact]
    public void Renegotiation_is_refused()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12));
        pair.Handshake();
        Assert.Equal(1, LibSslClient.SSL_renegotiate(pair.Client.Ssl));
        pair.Client.Handshake();
        pair.Pump();
        pair.Client.Read(new byte[1]);
        Assert.Contains("renegotiation", pair.Client.Failure);
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
