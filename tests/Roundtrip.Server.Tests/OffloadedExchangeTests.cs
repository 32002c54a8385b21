using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

// What is counted is the memory of the process: the many exchanges of RequestWorkersTests are not to be among it.
[Collection("offloaded")]
public class OffloadedExchangeTests
{
    private const int Gigabyte = 1 << 30;

    [Fact]
    public async Task Asynchronous_code_reads_and_answers_with_backpressure_both_ways()
    {
        using var server = new EpollServer(async exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty);
            await exchange.Body.CopyToAsync(exchange.ResponseBody);
        });
        using TcpClient client = await server.ConnectAsync();
        NetworkStream stream = client.GetStream();
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        Task sending = SendAsync(stream, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n", content);
        byte[] response = await ReadToEndAsync(stream);
        await sending;

        Assert.Equal(content, Dechunked(response));
    }

    [Fact]
    public async Task Content_that_is_asked_for_after_the_response_is_complete_ends_with_a_fault()
    {
        var read = new TaskCompletionSource();
        using var server = new EpollServer(async exchange =>
        {
            PipeReader body = exchange.Body;
            exchange.Respond(200, FieldBlock.Empty, 0);
            await exchange.ResponseBody.CompleteAsync();
            try
            {
                await body.ReadAsync();
            }
            catch (IOException)
            {
                read.SetResult();
            }
        });
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"u8.ToArray());
        await read.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task A_status_that_is_none_fails_its_exchange_and_no_other(int status)
    {
        using var server = new EpollServer(exchange =>
        {
            exchange.Respond(exchange.Request.Path.SequenceEqual("/wrong"u8) ? status : 200, FieldBlock.Empty, 0);
            return Task.CompletedTask;
        });
        using TcpClient wrong = await server.ConnectAsync();
        await wrong.GetStream().WriteAsync("GET /wrong HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 500 ", Encoding.ASCII.GetString(await ReadToEndAsync(wrong.GetStream())), StringComparison.Ordinal);
        using TcpClient right = await server.ConnectAsync();
        await right.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(await ReadToEndAsync(right.GetStream())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gigabyte_upload_to_a_slow_reader_takes_bounded_memory()
    {
        long received = 0, largest = 0;
        using var server = new EpollServer(async exchange =>
        {
            for (int reads = 0; ; reads++)
            {
                ReadResult result = await exchange.Body.ReadAsync();
                received += result.Buffer.Length;
                exchange.Body.AdvanceTo(result.Buffer.End);
                if (reads % 1000 == 0)
                {
                    // Slower than the sender: the sender must be held back, for there is nowhere to put a gigabyte. What other tests leave to be collected does not count.
                    await Task.Delay(1);
                    largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true));
                }

                if (result.IsCompleted)
                {
                    break;
                }
            }

            exchange.Respond(200, FieldBlock.Empty, 4);
            await exchange.ResponseBody.WriteAsync("done"u8.ToArray());
        });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using TcpClient client = await server.ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Gigabyte}\r\n\r\n"));
        byte[] piece = new byte[1 << 20];
        for (int sent = 0; sent < Gigabyte; sent += piece.Length)
        {
            await stream.WriteAsync(piece);
        }

        client.Client.Shutdown(SocketShutdown.Send);
        string answer = Encoding.ASCII.GetString(await ReadToEndAsync(stream));

        Assert.EndsWith("done", answer, StringComparison.Ordinal);
        Assert.Equal(Gigabyte, received);
        Assert.InRange(largest - before, long.MinValue, 32 << 20);
    }

    [Fact]
    public async Task A_response_is_produced_no_faster_than_the_client_takes_it()
    {
        long produced = 0;
        var stalled = new TaskCompletionSource();
        using var server = new EpollServer(async exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, Gigabyte);
            byte[] piece = new byte[64 * 1024];
            while (produced < Gigabyte)
            {
                ValueTask<FlushResult> flush = exchange.ResponseBody.WriteAsync(piece);
                if (!flush.IsCompleted && produced > 8 << 20)
                {
                    stalled.TrySetResult();
                }

                await flush;
                produced += piece.Length;
            }
        });
        using TcpClient client = await server.ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        byte[] buffer = new byte[16 << 20];
        await stream.ReadAtLeastAsync(buffer, 10 << 20);
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // The kernel's buffers on both sides hold some megabytes; the rest is not there yet.
        Assert.InRange(produced, 8 << 20, 64 << 20);
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_the_code_and_late_calls_do_nothing()
    {
        var begun = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        var late = new TaskCompletionSource();
        using var server = new EpollServer(async exchange =>
        {
            if (exchange.Request.Path.SequenceEqual("/again"u8))
            {
                exchange.Respond(200, FieldBlock.Empty, 5);
                await exchange.ResponseBody.WriteAsync("fresh"u8.ToArray());
                return;
            }

            begun.SetResult();
            exchange.Aborted.Register(() => aborted.TrySetResult());
            await aborted.Task;
            exchange.Respond(200, FieldBlock.Empty, 5);
            await exchange.ResponseBody.WriteAsync("stale"u8.ToArray());
            late.SetResult();
        });
        using (TcpClient leaving = await server.ConnectAsync())
        {
            await leaving.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(10));
            leaving.LingerState = new LingerOption(true, 0);
        }

        await late.Task.WaitAsync(TimeSpan.FromSeconds(10));
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("GET /again HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        string response = Encoding.ASCII.GetString(await ReadToEndAsync(client.GetStream()));

        Assert.EndsWith("fresh", response, StringComparison.Ordinal);
        Assert.DoesNotContain("stale", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_fails_before_it_responds_gives_500()
    {
        using var server = new EpollServer(_ => throw new InvalidOperationException("broken on purpose"));
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        string response = Encoding.ASCII.GetString(await ReadToEndAsync(client.GetStream()));

        Assert.StartsWith("HTTP/1.1 500 ", response, StringComparison.Ordinal);
        Assert.Contains("broken on purpose", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_fails_within_its_response_does_not_end_it_as_if_it_were_whole()
    {
        using var server = new EpollServer(async exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty);
            await exchange.ResponseBody.WriteAsync("half"u8.ToArray());
            throw new InvalidOperationException("broken on purpose");
        });
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        byte[] response = [];
        try
        {
            response = await ReadToEndAsync(client.GetStream());
        }
        catch (IOException)
        {
            // A reset is one way to say it; a chunked body without its last chunk is the other.
        }

        Assert.DoesNotContain("\r\n0\r\n\r\n", Encoding.ASCII.GetString(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_completes_its_response_with_a_fault_ends_the_exchange()
    {
        using var server = new EpollServer(exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, 100);
            exchange.ResponseBody.Complete(new InvalidOperationException("broken on purpose"));
            return Task.Delay(Timeout.Infinite, exchange.Aborted);
        });
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

        await Assert.ThrowsAsync<IOException>(() => ReadToEndAsync(client.GetStream()));
        Assert.Contains("broken on purpose", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_ends_without_responding_gives_500()
    {
        using var server = new EpollServer(_ => Task.CompletedTask);
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 500 ", Encoding.ASCII.GetString(await ReadToEndAsync(client.GetStream())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_answers_early_leaves_the_body_to_be_drained()
    {
        using var server = new EpollServer(async exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, 5);
            await exchange.ResponseBody.WriteAsync("early"u8.ToArray());
        });
        using TcpClient client = await server.ConnectAsync();
        NetworkStream stream = client.GetStream();
        await SendAsync(stream, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n", new byte[3000]);
        await SendAsync(stream, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []);
        string response = Encoding.ASCII.GetString(await ReadToEndAsync(stream));

        Assert.Equal(2, response.Split("early").Length - 1);
    }

    private static async Task SendAsync(NetworkStream stream, string head, byte[] content)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(content);
    }

    private static async Task<byte[]> ReadToEndAsync(NetworkStream stream)
    {
        using var all = new MemoryStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await stream.CopyToAsync(all, patience.Token);
        return all.ToArray();
    }

    private static byte[] Dechunked(byte[] response)
    {
        int at = response.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var content = new List<byte>();
        while (true)
        {
            int lineEnd = at + response.AsSpan(at).IndexOf("\r\n"u8);
            int size = Convert.ToInt32(Encoding.ASCII.GetString(response, at, lineEnd - at), 16);
            if (size == 0)
            {
                return [.. content];
            }

            content.AddRange(response.AsSpan(lineEnd + 2, size));
            at = lineEnd + 2 + size + 2;
        }
    }
}
