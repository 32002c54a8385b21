using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Server.Tests;

/// <summary>What is upgraded is a tunnel for asynchronous code too, in either version; and work that leaves the loop keeps the place of a request that was cancelled.</summary>
[Collection("offloaded")]
public class TunnelTests
{
    private const int Length = 3 * 1024 * 1024;

    [Fact]
    public async Task Over_HTTP_1_what_follows_the_101_comes_back_and_a_half_close_ends_it()
    {
        using var server = new EpollServer(EchoAsync);
        using TcpClient client = await server.ConnectAsync();
        NetworkStream stream = client.GetStream();
        byte[] content = new byte[Length];
        new Random(1).NextBytes(content);

        // The first bytes stand behind the request, in the same segment.
        await stream.WriteAsync((byte[])[.. "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: example\r\n\r\n"u8, .. content[..100]]);
        Task sending = Task.Run(async () =>
        {
            await stream.WriteAsync(content.AsMemory(100));
            client.Client.Shutdown(SocketShutdown.Send);
        });
        var received = new MemoryStream();
        await stream.CopyToAsync(received).WaitAsync(TimeSpan.FromSeconds(20));
        await sending;
        byte[] all = received.ToArray();
        int end = all.AsSpan().IndexOf("\r\n\r\n"u8) + 4;

        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: example\r\n\r\n", Encoding.ASCII.GetString(all, 0, end));
        Assert.Equal(content, all[end..]);
    }

    [Fact]
    public async Task Over_HTTP_2_python_h2_gets_back_what_it_sends_through_a_tunnel()
    {
        using var server = new EpollServer(EchoAsync);
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Script(), $"{server.Port}", $"{Length}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string output = await python.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(output == "the same\n", output + await errors);
    }

    [Fact]
    public async Task Requests_that_are_opened_and_reset_run_no_more_code_than_streams_may_be_open()
    {
        const int Allowed = 5;
        int running = 0, most = 0;
        var release = new TaskCompletionSource();
        using var server = new EpollServer(
            async exchange =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMaximum(ref most, now);

                // Code that does not look whether anybody still waits for it.
                await release.Task;
                Interlocked.Decrement(ref running);
                exchange.Respond(200, FieldBlock.Empty, 0);
            },
            Http2Limits.Default with { MaxSessionStreams = Allowed });
        using TcpClient client = await server.ConnectAsync();
        client.NoDelay = true;
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Preface());
        for (int streamId = 1; streamId < 100; streamId += 2)
        {
            // What is reset before its code began never begins: that is no work.
            int expected = Math.Min(Allowed, (streamId + 1) / 2);
            await stream.WriteAsync(Open(streamId));
            await UntilAsync(() => Volatile.Read(ref running) >= expected);
            await stream.WriteAsync(Reset(streamId));
        }

        // A request is still one too many, and with its answer the server has read all that was sent before.
        await stream.WriteAsync(Open(101));
        Assert.Contains((101, nameof(FrameType.RstStream)), await AnswersAsync(stream, 101));
        Assert.Equal((Allowed, Allowed), (Volatile.Read(ref running), Volatile.Read(ref most)));

        // Once the code has ended its places are free again.
        release.SetResult();
        bool isAnswered = false;
        for (int streamId = 103; streamId < 1000 && !isAnswered; streamId += 2)
        {
            await stream.WriteAsync(Open(streamId));
            isAnswered = (await AnswersAsync(stream, streamId)).Contains((streamId, "200"));
        }

        Assert.True(isAnswered);
    }

    private static async Task EchoAsync(OffloadedExchange exchange)
    {
        exchange.AcceptUpgrade("example"u8.ToArray(), FieldBlock.Empty);
        await exchange.Body.CopyToAsync(exchange.ResponseBody);
    }

    private static void InterlockedMaximum(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var found && found != seen)
        {
            seen = found;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private static byte[] Preface()
    {
        byte[] frame = new byte[64];
        int length = FrameWriter.WriteSettings(frame);
        return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. frame.AsSpan(0, length)];
    }

    // GET, http and / are in HPACK's static table; the authority is a literal.
    private static byte[] Open(int streamId)
    {
        byte[] frame = new byte[64];
        int length = FrameWriter.WriteHeaders(frame, streamId, [0x82, 0x86, 0x84, 0x01, 1, (byte)'a'], endStream: true, FrameHeader.DefaultMaximumLength);
        return frame[..length];
    }

    private static byte[] Reset(int streamId)
    {
        byte[] frame = new byte[64];
        int length = FrameWriter.WriteRstStream(frame, streamId, ErrorCode.Cancel);
        return frame[..length];
    }

    // The streams that were answered, 200 by the static table's :status.
    private static async Task<List<(int Stream, string Status)>> AnswersAsync(NetworkStream stream, int last)
    {
        var answers = new List<(int, string)>();
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (answers.All(answer => answer.Item1 != last))
        {
            length += await stream.ReadAsync(buffer.AsMemory(length)).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            int at = 0;
            while (FrameHeader.TryRead(buffer.AsSpan(at, length - at), out FrameHeader header) && at + FrameHeader.Size + header.Length <= length)
            {
                if (header.Type is FrameType.Headers or FrameType.RstStream or FrameType.GoAway)
                {
                    answers.Add((header.StreamId, header.Type == FrameType.Headers && buffer[at + FrameHeader.Size] == 0x88 ? "200" : $"{header.Type}"));
                }

                at += FrameHeader.Size + header.Length;
            }

            buffer.AsSpan(at, length - at).CopyTo(buffer);
            length -= at;
        }

        return answers;
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "tunnel.py");
}
