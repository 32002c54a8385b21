using System.Runtime.Versioning;

namespace Roundtrip.Client.Tests;

/// <summary>Which version is spoken (ALPN), and what becomes of requests that a server of HTTP/2 refuses.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProtocolTests(LocalCertificates certificates) : IClassFixture<LocalCertificates>
{
    private const string Over11 = "Http11 200 ok ended Completed";

    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] NoContent = [0, 0, 1, 1, 5, 0, 0, 0, 1, 0x89];
    private static readonly byte[] Http11Required = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 13];
    private static readonly byte[] RefusedStream = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7];
    private static readonly byte[] GoAway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("http/1.1")]
    [InlineData("")]
    public void Where_the_server_has_no_h2_HTTP_1_1_is_spoken(string protocols)
    {
        using var server = new ScriptedServer(
            (_, stream) => ScriptedServer.Answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), certificates.Certificate, protocols.Split(',', StringSplitOptions.RemoveEmptyEntries));
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal(Over11, client.Send(server.Port, isSecure: true).Wait());
    }

    [Fact]
    public void Where_the_server_has_h2_it_is_spoken()
    {
        using var server = new ScriptedServer(
            async (_, stream) =>
            {
                await ScriptedServer.ReadRequest(stream);
                await stream.WriteAsync((byte[])[.. Settings, .. NoContent]);
                await stream.CopyToAsync(Stream.Null);
            },
            certificates.Certificate,
            "h2", "http/1.1");
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal("Http2 204 ended Completed", client.Send(server.Port, isSecure: true).Wait());
        Assert.Equal("h2", client.Handshakes.Single().ApplicationProtocol);
    }

    [Fact]
    public void HTTP_1_1_REQUIRED_has_the_next_connection_offer_no_h2()
    {
        using var server = new ScriptedServer(
            async (number, stream) =>
            {
                if (number > 0)
                {
                    await ScriptedServer.Answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    return;
                }

                await ScriptedServer.ReadRequest(stream);
                await stream.WriteAsync((byte[])[.. Settings, .. Http11Required]);
                await stream.CopyToAsync(Stream.Null);
            },
            certificates.Certificate,
            "h2", "http/1.1");
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal($"ended Http11Required retryable; {Over11}", SendTwice(client, server));
        Assert.Equal(["h2", "http/1.1"], client.Handshakes.Select(facts => facts.ApplicationProtocol));
    }

    [Fact]
    public void What_GOAWAY_leaves_out_goes_out_again_on_a_new_connection()
    {
        using var server = RefusesFirst(GoAway);
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal("ended NotProcessed retryable; Http2 204 ended Completed", SendTwice(client, server));
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public void REFUSED_STREAM_gives_the_request_back_and_not_for_ever()
    {
        using var server = new ScriptedServer(
            async (_, stream) =>
            {
                await ScriptedServer.ReadRequest(stream);
                await stream.WriteAsync((byte[])[.. Settings, .. RefusedStream, .. GoAway]);
                await stream.CopyToAsync(Stream.Null);
            },
            certificates.Certificate,
            "h2");
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal("ended NotProcessed retryable; ended NotProcessed retryable", SendTwice(client, server));
    }

    [Fact]
    public void Who_wants_h2_alone_is_told_that_the_server_has_no_such_protocol()
    {
        using var server = new ScriptedServer((_, stream) => stream.CopyToAsync(Stream.Null), certificates.Certificate, "http/1.1");
        using var client = new TestClient(observer => certificates.Options(observer, ProtocolChoice.Http2));
        string outcome = client.Send(server.Port, isSecure: true).Wait();

        Assert.StartsWith("failed HandshakeFailed: ", outcome, StringComparison.Ordinal);
        Assert.Contains("no_application_protocol", outcome, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_wants_h2_alone_does_not_take_a_server_that_chose_nothing()
    {
        using var server = new ScriptedServer((_, stream) => stream.CopyToAsync(Stream.Null), certificates.Certificate);
        using var client = new TestClient(observer => certificates.Options(observer, ProtocolChoice.Http2));

        Assert.StartsWith("failed ProtocolNotAgreed: ", client.Send(server.Port, isSecure: true).Wait(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Http11 200 half ended Completed")]
    [InlineData(false, "Http11 200 half ended TruncatedBody")]
    public void What_the_end_delimits_is_whole_only_with_close_notify(bool saysGoodbye, string outcome)
    {
        using var server = new ScriptedServer(
            async (_, stream) =>
            {
                await ScriptedServer.ReadHead(stream);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nhalf"u8.ToArray());
                if (saysGoodbye)
                {
                    await ((System.Net.Security.SslStream)stream).ShutdownAsync();
                }
            },
            certificates.Certificate,
            "http/1.1");
        using var client = new TestClient(observer => certificates.Options(observer));

        Assert.Equal(outcome, client.Send(server.Port, isSecure: true).Wait());
    }

    private ScriptedServer RefusesFirst(byte[] refusal) => new(
        async (number, stream) =>
        {
            await ScriptedServer.ReadRequest(stream);
            await stream.WriteAsync((byte[])[.. Settings, .. number == 0 ? refusal : NoContent]);
            await stream.CopyToAsync(Stream.Null);
        },
        certificates.Certificate,
        "h2");

    private static string SendTwice(TestClient client, ScriptedServer server)
    {
        int sent = 1;
        TestUser user = null!;
        user = new TestUser { SendsAgain = (_, isRetryable) => isRetryable && sent++ == 1 && client.Send(server.Port, user, isSecure: true) is not null };
        return client.Send(server.Port, user, isSecure: true).Wait();
    }
}
