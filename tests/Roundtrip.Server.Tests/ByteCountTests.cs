using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>%I, %O and %k of the access log: every byte of the connection belongs to one exchange.</summary>
public class ByteCountTests
{
    private static readonly FieldBlock Fields = FieldBlock.Create(("X-Shared", "1"));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /chunked HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n")]
    [InlineData("GET /early HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void All_bytes_of_a_pipeline_are_counted_once(string request)
    {
        const int Requests = 3;
        using var server = new InMemoryServer(Answer);
        InMemoryServer.Client client = server.Connect();
        client.Send(string.Concat(Enumerable.Repeat(request, Requests)));
        string response = client.Receive();

        Assert.Equal(Enumerable.Range(0, Requests).Select(i => ((long)request.Length, response.Length / (long)Requests, i)), server.Ended.Bytes);
        Assert.Equal(0, response.Length % Requests);
    }

    [Fact]
    public void A_refusal_is_counted_whole()
    {
        using var server = new InMemoryServer(Answer);
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a b\r\n\r\n");

        string response = client.Receive();
        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
        Assert.Equal(response.Length, Assert.Single(server.Ended.Bytes).Sent);
    }

    private static void Answer(Exchange exchange)
    {
        if (exchange.Request.Path.SequenceEqual("/read"u8))
        {
            Span<byte> room = stackalloc byte[2];
            while (exchange.ReadBody(room).Status == BodyReadStatus.Data)
            {
            }
        }

        if (exchange.Request.Path.SequenceEqual("/early"u8))
        {
            exchange.Inform(103, Fields);
        }

        bool isChunked = exchange.Request.Path.SequenceEqual("/chunked"u8);
        exchange.ResponseFields.Add("X-Own"u8, 2);
        exchange.Respond(200, Fields, isChunked ? Exchange.UnknownLength : 4);
        exchange.Write("ab"u8);
        exchange.Write("cd"u8);
        exchange.Complete();
    }
}
