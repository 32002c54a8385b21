using System.Globalization;
using System.Runtime.InteropServices;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>Who keeps a loop from its other connections for more than 50 ms is named, and nobody else.</summary>
public partial class BlockedLoopTests
{
    private const string Get = "GET /slow-one HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_handler_that_blocks_its_loop_is_named_with_its_request_alone(int before)
    {
        int calls = 0;
        using var server = new InMemoryServer(exchange =>
        {
            if (calls++ == before)
            {
                // The fault itself: this is the handler that the log must name.
                Thread.Sleep(120);
            }

            Ok(exchange);
        });
        InMemoryServer.Client client = server.Connect();
        client.Send(string.Concat(Enumerable.Repeat("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n", before)) + Get + "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");

        string line = Assert.Single(server.Errors().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the handler of GET /slow-one blocked its loop for 1", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_does_not_block_is_not_named()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        for (int i = 0; i < 1000; i++)
        {
            client.Send(Get);
            client.Receive();
        }

        Assert.DoesNotContain("blocked its loop", server.Errors(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(100, true)]
    public void The_time_for_which_the_scheduler_held_a_loop_off_its_processor_is_not_its_handlers(int work, bool isNamed)
    {
        string errors = "";
        long took = 0;
        using var end = new CancellationTokenSource();
        Thread[] others = [.. Enumerable.Range(0, 15).Select(_ => new Thread(() =>
        {
            StayOnOneProcessor();
            while (!end.IsCancellationRequested)
            {
            }
        }))];
        var loop = new Thread(() =>
        {
            StayOnOneProcessor();
            using var server = new InMemoryServer(exchange =>
            {
                // Work for so many milliseconds of the processor, of which there is a sixteenth.
                long began = Environment.TickCount64;
                for (double enough = Worked() + work; Worked() < enough;)
                {
                }

                took = Environment.TickCount64 - began;
                Ok(exchange);
            });
            server.Connect().Send(Get);
            errors = server.Errors();
        });
        Array.ForEach(others, thread => thread.Start());
        loop.Start();
        loop.Join();
        end.Cancel();
        Array.ForEach(others, thread => thread.Join());

        Assert.True(took > BlockedLoopDetector.Tolerated, $"nothing held it off: it took {took} ms");
        Assert.Equal(isNamed, errors.Contains("GET /slow-one blocked its loop", StringComparison.Ordinal));
    }

    // Milliseconds that this thread had a processor: the first number of schedstat.
    private static double Worked() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6;

    private static void StayOnOneProcessor()
    {
        ulong first = 1;
        Assert.Equal(0, SetAffinity(0, sizeof(ulong), ref first));
    }

    private static void Ok(Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, 2);
        exchange.Write("ok"u8);
        exchange.Complete();
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, ref ulong mask);
}
