using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

[Collection("offloaded")]
public class RequestWorkersTests
{
    [Fact]
    public void What_is_beyond_the_maximum_waits_and_begins_in_order()
    {
        var workers = new RequestWorkers(1);
        var begun = new List<int>();
        Assert.All(Enumerable.Range(0, 10), number => Assert.True(workers.TryAdd(Node(new Code(workers, number, begun)))));

        Until(() => workers is { Running: 0, Waiting: 0 });
        Assert.Equal(Enumerable.Range(0, 10), begun);
    }

    [Fact]
    public void What_is_beyond_the_queue_is_refused()
    {
        var workers = new RequestWorkers(2);
        Assert.All(Enumerable.Range(0, 2 + RequestWorkers.MaximumWaiting), _ => Assert.True(workers.TryAdd(Node(new Endless()))));

        Assert.False(workers.TryAdd(Node(new Endless())));
        Assert.Equal((2, RequestWorkers.MaximumWaiting), (workers.Running, workers.Waiting));
    }

    [Fact]
    public void What_leaves_the_queue_makes_room_in_it_and_never_begins()
    {
        var workers = new RequestWorkers(1);
        var begun = new List<int>();
        workers.TryAdd(Node(new Endless()));
        LinkedListNode<IThreadPoolWorkItem>[] waiting = [.. Enumerable.Range(0, RequestWorkers.MaximumWaiting).Select(number => Node(new Code(workers, number, begun)))];
        Assert.All(waiting, code => Assert.True(workers.TryAdd(code)));

        Assert.All(waiting[1..], code => Assert.True(workers.Withdraw(code)));
        Assert.False(workers.Withdraw(waiting[^1]));
        Assert.True(workers.TryAdd(Node(new Code(workers, -1, begun))));
        workers.Ended();

        Until(() => workers is { Running: 0, Waiting: 0 });
        Assert.Equal([0, -1], begun);
    }

    [Fact]
    public void A_greater_number_lets_waiting_code_begin_and_a_smaller_one_lets_what_runs_end()
    {
        var workers = new RequestWorkers(1);
        Assert.All(Enumerable.Range(0, 10), _ => workers.TryAdd(Node(new Endless())));

        workers.SetMaximum(5);
        Assert.Equal((5, 5), (workers.Running, workers.Waiting));

        workers.SetMaximum(3);
        workers.Ended();
        workers.Ended();
        Assert.Equal((3, 5), (workers.Running, workers.Waiting));
        workers.Ended();
        Assert.Equal((3, 4), (workers.Running, workers.Waiting));
    }

    [Fact]
    public void An_exchange_that_finds_no_place_is_answered_with_503_and_a_burst_of_them_is_one_line()
    {
        var held = new TaskCompletionSource();
        using InMemoryServer server = Offloading(1, Waiting(held));
        InMemoryServer.Client[] waiting = [.. Enumerable.Range(0, 1 + RequestWorkers.MaximumWaiting).Select(_ => Sending(server))];

        for (int i = 0; i < 20; i++)
        {
            string response = Sending(server).Receive();
            Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", response, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 10\r\n", response, StringComparison.Ordinal);
            Assert.DoesNotContain("Connection: close", response, StringComparison.Ordinal);
        }

        held.SetResult();
        Assert.All(waiting, client => ReceivesOk(server, client));
        string line = Assert.Single(server.Errors().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(EndReasons.Describe(EndReason.TooManyRequestWorkers), line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_waiting_exchange_whose_client_leaves_is_never_begun()
    {
        var held = new TaskCompletionSource();
        int begun = 0;
        Func<OffloadedExchange, Task> code = Waiting(held);
        using InMemoryServer server = Offloading(1, exchange =>
        {
            Interlocked.Increment(ref begun);
            return code(exchange);
        });
        InMemoryServer.Client first = Sending(server);
        InMemoryServer.Client leaving = Sending(server);
        InMemoryServer.Client last = Sending(server);
        Assert.Equal(2, server.Workers.Waiting);

        leaving.Reset();
        Assert.Equal(1, server.Workers.Waiting);

        held.SetResult();
        ReceivesOk(server, first);
        ReceivesOk(server, last);
        Assert.Equal(2, begun);
    }

    [Fact]
    public void Who_resets_request_after_request_has_no_more_code_running_than_the_maximum()
    {
        // Code that hears of no abort: what it opened and computes is there until it is done.
        var held = new TaskCompletionSource();
        int running = 0, most = 0, begun = 0;
        using InMemoryServer server = Offloading(3, async exchange =>
        {
            Interlocked.Increment(ref begun);
            KeepGreatest(ref most, Interlocked.Increment(ref running));
            await held.Task;
            exchange.Respond(200, FieldBlock.Empty, 0);
            Interlocked.Decrement(ref running);
        });
        InMemoryServer.Client[] resetting = [.. Enumerable.Range(0, 3).Select(_ => Sending(server))];
        Until(() => Volatile.Read(ref begun) == 3);
        Assert.All(resetting, client => client.Reset());
        for (int i = 0; i < 5_000; i++)
        {
            Sending(server).Reset();
        }

        Assert.Equal((3, 0, 0), (server.Workers.Running, server.Workers.Waiting, server.Counts.Total));

        // Somebody who waits is next, as soon as code has really ended.
        InMemoryServer.Client patient = Sending(server);
        Assert.Equal(1, server.Workers.Waiting);
        held.SetResult();
        ReceivesOk(server, patient);
        Assert.Equal((3, 4), (most, begun));
        Until(() => server.Workers.Running == 0);
    }

    private static LinkedListNode<IThreadPoolWorkItem> Node(IThreadPoolWorkItem code) => new(code);

    private static Func<OffloadedExchange, Task> Waiting(TaskCompletionSource held) => async exchange =>
    {
        await held.Task;
        exchange.Respond(200, FieldBlock.Empty, 0);
    };

    private static InMemoryServer Offloading(int maximum, Func<OffloadedExchange, Task> code)
    {
        InMemoryServer? server = null;
        return server = new InMemoryServer(
            exchange => OffloadedExchange.Start(exchange, server!.Loop, server.Log, "test code", code),
            HttpLimits.Default with { MaxRequestWorkers = maximum });
    }

    private static InMemoryServer.Client Sending(InMemoryServer server)
    {
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }

    private static void ReceivesOk(InMemoryServer server, InMemoryServer.Client client)
    {
        string response = "";
        Until(() =>
        {
            server.Loop.RunUntilIdle();
            return (response += client.Receive()).Length > 0;
        });
        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
    }

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));

    private static void KeepGreatest(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen) is var before && before == seen ? value : before;
        }
    }

    private sealed class Code(RequestWorkers workers, int number, List<int> begun) : IThreadPoolWorkItem
    {
        // One at a time: the list needs no lock.
        public void Execute()
        {
            begun.Add(number);
            workers.Ended();
        }
    }

    private sealed class Endless : IThreadPoolWorkItem
    {
        public void Execute()
        {
        }
    }
}
