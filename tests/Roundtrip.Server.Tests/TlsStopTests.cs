using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.InMemory;

namespace Roundtrip.Server.Tests;

/// <summary>A stop while TLS has more to send than the client has taken.</summary>
[SupportedOSPlatform("linux")]
public sealed class TlsStopTests : IDisposable
{
    private const int Length = 40_000;
    private static readonly PeerAddress Address = PeerAddress.FromIPv4(0x7F000001, 443);
    private readonly LocalTls _tls = new();
    private readonly InMemoryServer _server = new(Answer, pipeCapacity: 4096);
    private readonly SslStream _client;
    private bool _isStopped;

    public TlsStopTests()
    {
        _server.Server.Listen(new ServerEndpoint(Address, _tls.Context), 0);
        _client = new SslStream(new ConnectionStream(_server.Loop, _server.Loop.Connect(Address)));
        _client.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Equals(X509CertificateLoader.LoadCertificateFromFile(_tls.Files.ChainFile)),
        });
        _client.Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);

        // The driver is done with the connection, and most of the response waits for the client.
        Assert.Equal(0, _server.Counts.Total);
        _server.Server.Stop(() => _isStopped = true);
        _server.Loop.RunUntilIdle();
        Assert.False(_isStopped);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _tls.Dispose();
    }

    [Fact]
    public void Waits_until_the_client_has_taken_it()
    {
        var received = new MemoryStream();
        _client.CopyTo(received);

        Assert.True(received.Length > Length);
        Assert.True(_isStopped);
    }

    [Fact]
    public void Waits_no_longer_than_its_StopTimeout()
    {
        _server.Loop.Advance(2_000);
        Assert.False(_isStopped);
        _server.Loop.Advance(2_000);

        Assert.True(_isStopped);
        Assert.Throws<IOException>(() => _client.CopyTo(Stream.Null));
    }

    private static void Answer(Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, Length);
        exchange.Write(new byte[Length]);
        exchange.Complete();
    }

    /// <summary>The client's end as a stream. Where it would wait, it runs the loop.</summary>
    private sealed class ConnectionStream(InMemoryLoop loop, InMemoryConnection connection) : MemoryStream
    {
        private readonly OutputQueue _queue = new(new BufferPool());

        public override int Read(Span<byte> buffer)
        {
            loop.RunUntilIdle();
            if (buffer.IsEmpty)
            {
                // SslStream asks in this way whether there is anything.
                return 0;
            }

            IoResult result = connection.Read(buffer);
            return result.Status switch
            {
                IoStatus.Done => (int)result.Count,
                IoStatus.End => 0,
                _ => throw new IOException($"{result.Status}"),
            };
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _queue.Write(buffer);
            while (!_queue.IsEmpty)
            {
                if (connection.Write(_queue, long.MaxValue).Status != IoStatus.Done)
                {
                    throw new IOException("the server is gone");
                }

                loop.RunUntilIdle();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
