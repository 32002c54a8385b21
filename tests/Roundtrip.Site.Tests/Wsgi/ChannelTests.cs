using System.Net;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Tests.Wsgi.Support;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>A channel against a worker that says what no good one does.</summary>
public sealed class ChannelTests : IDisposable
{
    private readonly ScriptedWorker _worker = new();
    private readonly ApplicationSite _site;

    public ChannelTests() => _site = new ApplicationSite("", "WSGIDaemonProcess one threads=1\nWSGIProcessGroup one\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi", _worker);

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task An_answer_may_come_byte_by_byte()
    {
        Task<string> asked = _site.Get("x");
        Assert.Contains("PATH_INFO\0/x\0", await _worker.Take(), StringComparison.Ordinal);
        byte[] head = "200 OK\0X\0y"u8.ToArray();
        byte[] frame = [(byte)'R', 1, 0, 0, (byte)(4 + head.Length + 2), 0, 0, 0, .. BitConverter.GetBytes(_worker.Request), (byte)head.Length, 0, 0, 0, .. head, .. "hi"u8];
        foreach (byte b in frame)
        {
            await _worker.SayRaw([b]);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal("hi", await asked);
        Assert.Null(_worker.Fault);
    }

    [Fact]
    public async Task What_is_no_frame_is_500_and_the_worker_gets_no_more()
    {
        Task<HttpResponseMessage> asked = _site.Send(HttpMethod.Get, "x");
        await _worker.Take();
        await _worker.SayRaw(new byte[64]);

        Assert.Equal(HttpStatusCode.InternalServerError, (await asked).StatusCode);
        Assert.Contains("another request", _worker.Fault, StringComparison.Ordinal);
        await Until(() => _worker.IsDrained);
        Assert.Equal(0, _worker.Pool.Waiting);
    }

    [Fact]
    public async Task An_answer_to_another_request_reaches_nobody()
    {
        Task<HttpResponseMessage> asked = _site.Send(HttpMethod.Get, "x");
        await _worker.Take();
        await _worker.Say('R', 1, [6, 0, 0, 0, .. "200 OK"u8, .. "secret"u8], _worker.Request - 1);

        Assert.DoesNotContain("secret", await (await asked).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotNull(_worker.Fault);
    }

    [Fact]
    public async Task What_is_no_regular_file_is_not_sent()
    {
        Task<string> asked = _site.Get("x");
        await _worker.Take();
        (OwnedDescriptor read, OwnedDescriptor write) = DescriptorPair.Pipe();
        await _worker.SayHead(0, "200 OK\0Content-Length\05");
        _worker.SayFile(read, 0, 5);
        read.Dispose();
        write.Dispose();

        await Assert.ThrowsAsync<HttpRequestException>(() => asked);
    }

    [Fact]
    public async Task More_than_a_file_has_cuts_the_response()
    {
        string file = Path.Combine(_site.Folder, "short.txt");
        await File.WriteAllTextAsync(file, "short", TestContext.Current.CancellationToken);
        Task<string> asked = _site.Get("x");
        await _worker.Take();
        using var handle = File.OpenHandle(file);
        using var passed = OwnedDescriptor.DuplicateOf(handle);
        await _worker.SayHead(0, "200 OK\0Content-Length\0100");
        _worker.SayFile(passed, 0, 100);

        await Assert.ThrowsAsync<HttpRequestException>(() => asked);
        Assert.Null(_worker.Fault);
    }

    [Fact]
    public async Task Content_in_memory_goes_round_its_ring_and_the_worker_is_told_what_was_taken()
    {
        Task<string> asked = _site.Get("x");
        await _worker.Take();
        await _worker.SayHead(0, "200 OK");
        var expected = new System.Text.StringBuilder();
        (int at, int room) = (0, SharedLayout.RingSize);
        foreach (int count in (int[])[200_000, 100_000, SharedLayout.RingSize / 2, 1, SharedLayout.RingSize / 2])
        {
            // What was taken and not told yet is less than half of the ring.
            while (room < count)
            {
                room += await _worker.TakeRoom();
            }

            string content = new string('a', count - 1) + 'z';
            expected.Append(content);
            _worker.Share(at, content);
            await _worker.Say('S', 0, BitConverter.GetBytes(count));
            (at, room) = ((at + count) % SharedLayout.RingSize, room - count);
        }

        await _worker.Say('E', 0, []);
        Assert.Equal(expected.ToString(), await asked);
        Assert.Null(_worker.Fault);
    }

    [Fact]
    public async Task A_client_of_HTTP_1_that_ends_its_side_gets_no_answer_and_its_worker_goes_on()
    {
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, _site.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("GET /left HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await _worker.Take();
            System.Net.Sockets.NetworkStream stream = client.GetStream();
            client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.Equal(0, await stream.ReadAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        Task<string> next = _site.Get("next");
        await Until(() => _worker.Pool.Waiting == 1);
        await _worker.SayHead(1, "200 OK", "for nobody");
        await _worker.Take();
        await _worker.SayHead(1, "200 OK", "for the next");
        Assert.Equal("for the next", await next);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(400_000)]
    public async Task Content_that_stops_coming_is_told_as_far_as_it_is_here(int here)
    {
        const int Length = 1_000_000;
        using var client = new TcpClient("127.0.0.1", _site.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {Length}\r\n\r\n" + new string('x', here)), TestContext.Current.CancellationToken);
        await _worker.Take();
        await _worker.Say('C', 0, BitConverter.GetBytes(SharedLayout.RingSize));
        int told = 0;
        while (told < here)
        {
            (int count, bool isLast) = await _worker.TakeContent();
            Assert.False(isLast);
            told += count;
        }

        await client.GetStream().WriteAsync(new byte[Length - here], TestContext.Current.CancellationToken);
        for (bool isLast = false; !isLast;)
        {
            await _worker.Say('C', 0, BitConverter.GetBytes(SharedLayout.RingSize));
            (int count, isLast) = await _worker.TakeContent();
            told += count;
        }

        Assert.Equal(Length, told);
        await _worker.SayHead(1, "200 OK", "done");
        Assert.EndsWith("done", await new StreamReader(client.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_has_its_input_broken_and_its_answer_dropped()
    {
        using (var leaves = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "x") { Content = new ByteArrayContent(new byte[100_000]), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            Task<HttpResponseMessage> asked = _site.Client.SendAsync(request, leaves.Token);
            await _worker.Take();
            await leaves.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        }

        Assert.Equal(2, (await _worker.TakeBody()).Flags);

        // The channel is busy until the worker has ended its answer; then the next request has it.
        Task<string> next = _site.Get("next");
        await Until(() => _worker.Pool.Waiting == 1);
        await _worker.SayHead(1, "200 OK", "for nobody");
        await _worker.Take();
        await _worker.SayHead(1, "200 OK", "for the next");
        Assert.Equal("for the next", await next);
    }

    [Fact]
    public async Task A_client_that_sends_its_content_slowly_keeps_no_worker()
    {
        using var slow = new System.Net.Sockets.TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, _site.Port, TestContext.Current.CancellationToken);
        await slow.GetStream().WriteAsync("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"u8.ToArray(), TestContext.Current.CancellationToken);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Task<string> asked = _site.Get("quick");
        Assert.Contains("PATH_INFO\0/quick\0", await _worker.Take(), StringComparison.Ordinal);
        await _worker.SayHead(1, "200 OK", "quick");
        Assert.Equal("quick", await asked);

        await slow.GetStream().WriteAsync("67890"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.EndsWith("1234567890", await _worker.Take(), StringComparison.Ordinal);
        await _worker.SayHead(1, "200 OK", "slow");
    }

    private static async Task Until(Func<bool> holds)
    {
        for (int i = 0; i < 250 && !holds(); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.True(holds());
    }
}
