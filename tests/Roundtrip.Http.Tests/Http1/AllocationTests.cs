using System.Diagnostics;
using System.Text;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>The hot path: pipelined GETs answered with a shared block and a shared array.</summary>
public class AllocationTests(ITestOutputHelper output)
{
    private const int Requests = 10_000;

    private static readonly FieldBlock Block = FieldBlock.Create(
        ("Content-Type", "text/html; charset=utf-8"), ("ETag", "\"5d8c72a5edda8d6a\""), ("Last-Modified", "Mon, 23 Nov 2026 21:00:00 GMT"),
        ("Accept-Ranges", "bytes"));

    private static readonly byte[] Content = GC.AllocateArray<byte>(1024, pinned: true);

    [Fact]
    public void Ten_thousand_pipelined_requests_allocate_nothing()
    {
        byte[] batch = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(
            "GET /index.html HTTP/1.1\r\nHost: example.org\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", 100)));
        var host = new TestHost(_ => { }) { Limits = new HttpLimits { MaxKeepAliveRequests = 0 } };
        var quiet = new QuietHost(host, Answer);
        quiet.Use(new Http1Connection(quiet, new Http1Resources(new Http2Resources())));
        TimeSpan best = TimeSpan.MaxValue;
        const int Rounds = 60;
        long allocated = Allocated.Least(Rounds, () =>
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < Requests / 100; i++)
            {
                quiet.Serve(batch);
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
            best = elapsed < best ? elapsed : best;
        });

        // The time is told, not asserted: it is the machine's as much as the code's.
        output.WriteLine($"{best.TotalNanoseconds / Requests:f0} ns a request, the best of {Rounds} rounds");
        Assert.Equal(0, allocated);
        Assert.Equal(Rounds * Requests, quiet.Ended);
    }

    [Fact]
    public void An_idle_connection_is_at_most_120_bytes()
    {
        var host = new TestHost(_ => { });
        var resources = new Http1Resources(new Http2Resources());
        const int Count = 10_000;
        var connections = new Http1Connection[Count];
        connections[0] = new Http1Connection(host, resources);

        long size = Allocated.Each(Count, i => connections[i] = new Http1Connection(host, resources));
        output.WriteLine($"{size} bytes");
        Assert.True(size <= 120, $"{size} bytes");
    }

    private static void Answer(Exchange exchange)
    {
        exchange.Respond(200, Block, 1024);
        exchange.WriteShared(Content, 0, 1024);
        exchange.Complete();
    }
}
