using Roundtrip.Http;

namespace Roundtrip.Client.Tests;

/// <summary>Which connections a pool makes, keeps and ends, in HTTP/1.1.</summary>
public class PoolTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string WholeAnswer = "Http11 200 ok ended Completed";

    [Fact]
    public void A_connection_is_kept_and_used_again()
    {
        using var server = new ScriptedServer((_, stream) => ScriptedServer.Answer(stream, Ok));
        using TestClient client = Client();

        Assert.Equal(WholeAnswer, client.Send(server.Port).Wait());
        Assert.Equal(WholeAnswer, client.Send(server.Port).Wait());
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public void Requests_at_once_have_connections_of_their_own_up_to_the_limit_and_the_others_wait()
    {
        using var server = new ScriptedServer(async (_, stream) =>
        {
            while (await ScriptedServer.ReadHead(stream))
            {
                await Task.Delay(20);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            }
        });
        using TestClient client = Client(connections: 3);
        TestUser[] users = [.. Enumerable.Range(0, 10).Select(_ => client.Send(server.Port))];

        Assert.All(users, user => Assert.Equal(WholeAnswer, user.Wait()));
        Assert.Equal((3, 3), (server.Accepted, server.MostOpen));
    }

    [Fact]
    public void A_limit_is_of_one_origin()
    {
        using var first = new ScriptedServer((_, _) => Task.Delay(20_000));
        using var second = new ScriptedServer((_, stream) => ScriptedServer.Answer(stream, Ok));
        using TestClient client = Client(connections: 1);
        client.Send(first.Port);

        Assert.Equal(WholeAnswer, client.Send(second.Port).Wait());
    }

    [Fact]
    public void An_idle_connection_ends_when_its_time_is_over()
    {
        using var server = new ScriptedServer((_, stream) => ScriptedServer.Answer(stream, Ok));
        using TestClient client = Client(keepAlive: 100);
        client.Send(server.Port).Wait();

        client.WaitFor("closed KeepAliveTimeout");
    }

    [Fact]
    public void An_idle_connection_that_the_server_closes_is_not_used_again()
    {
        using var server = new ScriptedServer(async (_, stream) =>
        {
            await ScriptedServer.ReadHead(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        });
        using TestClient client = Client();
        client.Send(server.Port).Wait();
        client.WaitFor("closed PeerClosed");

        Assert.Equal(WholeAnswer, client.Send(server.Port).Wait());
        Assert.Equal(2, server.Accepted);
    }

    [Theory]
    [InlineData("GET", "ended PeerClosed retryable; " + WholeAnswer)]
    [InlineData("POST", "ended PeerClosed")]
    public void A_kept_connection_that_is_closed_under_a_request_gives_it_back_to_be_sent_again_where_that_does_no_harm(string method, string outcome)
    {
        using var server = new ScriptedServer(async (number, stream) =>
        {
            await ScriptedServer.ReadHead(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            await ScriptedServer.ReadHead(stream);
        });
        using TestClient client = Client();
        client.Send(server.Port).Wait();
        TestUser user = null!;
        user = new TestUser { SendsAgain = (_, isRetryable) => isRetryable && client.Send(server.Port, user) is not null };

        Assert.Equal(outcome, client.Send(server.Port, user, method: method).Wait());
    }

    [Fact]
    public async Task A_request_that_waits_can_be_taken_back()
    {
        using var server = new ScriptedServer((_, _) => Task.Delay(20_000));
        using TestClient client = Client(connections: 1);
        client.Send(server.Port);
        TestUser waiting = client.Send(server.Port);
        // The rest of the test ends the loop, and so must not run on it.
        var withdrawn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Do(() => withdrawn.SetResult(client.Pool.Withdraw(waiting)));

        Assert.True(await withdrawn.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private static TestClient Client(int connections = 6, int keepAlive = 30_000) => new(observer => new ClientOptions
    {
        Resolve = TestClient.ToLoopback,
        ConnectionsPerOrigin = connections,
        Limits = HttpLimits.Default with { KeepAliveTimeout = keepAlive },
        Observer = observer,
    });
}
