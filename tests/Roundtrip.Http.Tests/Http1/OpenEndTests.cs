namespace Roundtrip.Http.Tests.Http1;

public class OpenEndTests
{
    [Fact]
    public void A_response_that_lasts_as_long_as_its_client_keeps_no_buffer_for_its_request() =>
        Assert.Equal(BuffersOf(lastsWithClient: false) - 1, BuffersOf(lastsWithClient: true));

    [Fact]
    public void A_request_that_may_wait_long_for_its_answer_keeps_no_buffer()
    {
        static int Of(bool waits)
        {
            TestHost host = null!;
            Exchange? held = null;
            host = Connections.Open(exchange =>
            {
                exchange.Handler = new HoldingHandler(host);
                exchange.EndsWithClient = true;
                exchange.MayWaitLong = waits;
                held = exchange;
            });
            host.Feed("GET /poll HTTP/1.1\r\nHost: a\r\n\r\n");
            host.Send();
            Assert.Equal("/poll", System.Text.Encoding.ASCII.GetString(held!.Request.Path));
            return host.Buffers.Outstanding;
        }

        Assert.Equal(Of(waits: false) - 1, Of(waits: true));
    }

    private static int BuffersOf(bool lastsWithClient)
    {
        TestHost host = null!;
        Exchange? held = null;
        host = Connections.Open(exchange =>
        {
            exchange.Handler = new HoldingHandler(host);
            exchange.EndsWithClient = lastsWithClient;
            exchange.Respond(200, FieldBlock.Empty);
            held = exchange;
        });
        host.Feed("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        host.Send();
        Assert.Equal("/events", System.Text.Encoding.ASCII.GetString(held!.Request.Path));
        return host.Buffers.Outstanding;
    }
}
