using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Client.Tests;

/// <summary>A host with several addresses (RFC 8305).</summary>
public sealed class AddressTests : IDisposable
{
    private const string Whole = "Http11 200 ok ended Completed";

    private readonly ScriptedServer _server = new((_, stream) => ScriptedServer.Answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    private readonly List<Socket> _sockets = [];

    public void Dispose()
    {
        _server.Dispose();
        _sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public void Families_take_turns_and_the_first_ones_begins()
    {
        using TestClient client = Client("127.0.0.9", "127.0.0.8", "127.0.0.7", "::9", "::8");
        client.Send(1).Wait();

        Assert.Equal(
            ["127.0.0.9", "::9", "127.0.0.8", "::8", "127.0.0.7"],
            client.Lines.Where(line => line.StartsWith("connecting ", StringComparison.Ordinal)).Select(line => line["connecting ".Length..]));
    }

    [Fact]
    public void An_address_that_refuses_has_the_next_one_tried_at_once()
    {
        using TestClient client = Client(delay: 20_000, "127.0.0.9", "127.0.0.1");

        Assert.Equal(Whole, client.Send(_server.Port).Wait());
        Assert.Equal(["connecting 127.0.0.9", "failed 127.0.0.9", "connecting 127.0.0.1", "connected 127.0.0.1"], client.Lines[..4]);
    }

    [Fact]
    public void An_address_that_is_silent_has_the_next_one_tried_beside_it_and_is_given_up_when_that_wins()
    {
        BeSilent("127.0.0.9");
        using TestClient client = Client(delay: 50, "127.0.0.9", "127.0.0.1");

        Assert.Equal(Whole, client.Send(_server.Port).Wait());
        Assert.Equal(["connecting 127.0.0.9", "connecting 127.0.0.1", "connected 127.0.0.1"], client.Lines[..3]);
        Assert.Equal(1, _server.Accepted);
    }

    [Fact]
    public void When_none_answers_the_last_ones_reason_is_told_and_no_more_are_tried_than_the_limit()
    {
        using TestClient client = Client([.. Enumerable.Range(2, 20).Select(last => $"127.0.0.{last}")]);
        string outcome = client.Send(_server.Port).Wait();

        Assert.StartsWith("failed ConnectFailed: ", outcome, StringComparison.Ordinal);
        Assert.Equal(8, client.Lines.Count(line => line.StartsWith("connecting ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_name_without_addresses_is_NameNotFound()
    {
        using TestClient client = Client();

        Assert.StartsWith("failed NameNotFound: ", client.Send(_server.Port).Wait(), StringComparison.Ordinal);
    }

    private static TestClient Client(params string[] addresses) => Client(250, addresses);

    private static TestClient Client(int delay, params string[] addresses) => new(observer => new ClientOptions
    {
        AddressDelay = delay,
        Resolve = _ => Task.FromResult((IPAddress[])[.. addresses.Select(IPAddress.Parse)]),
        Observer = observer,
    });

    // A listener whose queue is full: the kernel answers no further SYN.
    private void BeSilent(string address)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address), _server.Port);
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(listener);
        listener.Bind(endpoint);
        listener.Listen(0);
        for (int i = 0; i < 3; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _sockets.Add(filler);
            try
            {
                filler.Connect(endpoint);
            }
            catch (SocketException)
            {
                // Under way.
            }
        }

        Thread.Sleep(50);
    }
}
