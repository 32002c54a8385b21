using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>Who is told that an exchange is not answered at once, so that what is said then goes before the answer.</summary>
public class UnansweredTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void An_exchange_that_leaves_its_loop_is_told_of_once()
    {
        Exchange? held = null;
        using var server = new InMemoryServer(exchange => (held, exchange.Handler) = (exchange, new Handler()));
        InMemoryServer.Client client = server.Connect();
        client.Send(Request);

        Assert.Same(held, Assert.Single(server.Ended.Unanswered));
        IConnectionHost connection = held!.Connection;
        Complete(held);
        connection.Wake();
        Assert.StartsWith("HTTP/1.1 200 OK", client.Receive(), StringComparison.Ordinal);
        Assert.Single(server.Ended.Unanswered);
    }

    [Fact]
    public void What_is_answered_begun_or_given_up_at_once_is_not()
    {
        int number = 0;
        using var server = new InMemoryServer(exchange =>
        {
            switch (number++)
            {
                case 0:
                    Complete(exchange);
                    break;
                case 1:
                    exchange.Handler = new Handler();
                    exchange.Respond(200, FieldBlock.Empty, 1);
                    break;
                default:
                    exchange.Abort(EndReason.HandlerFailed);
                    break;
            }
        });
        for (int i = 0; i < 3; i++)
        {
            server.Connect().Send(Request);
        }

        Assert.Equal(3, number);
        Assert.Empty(server.Ended.Unanswered);
    }

    private static void Complete(Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, 0);
        exchange.Complete();
    }

    private sealed class Handler : IExchangeHandler
    {
        public string Name => "test";

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }
}
