using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>RFC 9112 section 7.1.2: trailers of requests are kept by themselves for who wants them, and never become fields of the head.</summary>
public class TrailerTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void They_are_kept_whether_a_handler_reads_the_content_or_it_is_discarded(bool reads)
    {
        using var server = new InMemoryServer(Answer(reads), wantsTrailers: true);
        server.Connect().Send(Head + "X-T:  one \r\nx-t: two\r\nHost: other\r\n\r\n" + Head + "\r\n" + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(["X-T: one\r\nx-t: two\r\nHost: other\r\n", "", null], server.Ended.Trailers);
    }

    [Fact]
    public void They_may_come_in_pieces()
    {
        using var server = new InMemoryServer(Answer(reads: true), wantsTrailers: true);
        InMemoryServer.Client client = server.Connect();
        foreach (char c in Head + "X-T: one\r\nY: two\r\n\r\n")
        {
            client.Send(c.ToString());
        }

        Assert.Equal(["X-T: one\r\nY: two\r\n"], server.Ended.Trailers);
    }

    [Fact]
    public void Where_nobody_wants_them_they_are_dropped()
    {
        using var server = new InMemoryServer(Answer(reads: true));
        server.Connect().Send(Head + "X-T: one\r\n\r\n");

        Assert.Equal([null], server.Ended.Trailers);
    }

    [Fact]
    public void More_of_them_than_LimitRequestFields_end_the_exchange_and_are_not_kept()
    {
        using var server = new InMemoryServer(Answer(reads: true), HttpLimits.Default with { RequestFields = 3 }, wantsTrailers: true);
        server.Connect().Send(Head + string.Concat(Enumerable.Repeat("X-T: one\r\n", 10_000)) + "\r\n");

        Assert.Equal(EndReason.TrailersTooLarge, Assert.Single(server.Ended.All).Reason);
        Assert.Equal(string.Concat(Enumerable.Repeat("X-T: one\r\n", 3)), Assert.Single(server.Ended.Trailers));
    }

    private static Action<Exchange> Answer(bool reads) => exchange =>
    {
        var handler = new Reader();
        if (reads)
        {
            exchange.Handler = handler;
            handler.OnBodyReadable(exchange);
        }
        else
        {
            exchange.Respond(200, FieldBlock.Empty, 0);
            exchange.Complete();
        }
    };

    private sealed class Reader : IExchangeHandler
    {
        public string Name => "reader";

        public void OnBodyReadable(Exchange exchange)
        {
            Span<byte> room = stackalloc byte[2];
            BodyRead read;
            do
            {
                read = exchange.ReadBody(room);
            }
            while (read.Status == BodyReadStatus.Data);
            if (read.Status == BodyReadStatus.End)
            {
                exchange.Respond(200, FieldBlock.Empty, 0);
                exchange.Complete();
            }
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }
}
