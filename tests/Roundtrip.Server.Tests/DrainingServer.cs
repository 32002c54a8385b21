using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.InMemory;

namespace Roundtrip.Server.Tests;

/// <summary>A server over TLS whose driver is done with its one connection, while the client has not taken most of the response: that waits in the transport.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DrainingServer : IDisposable
{
    /// <summary>Bytes of the response's content.</summary>
    public const int Length = 40_000;

    private static readonly PeerAddress Address = PeerAddress.FromIPv4(0x7F000001, 443);
    private readonly LocalTls _tls = new();
    private readonly InMemoryServer _server;

    /// <param name="limits">Of the whole server.</param>
    /// <param name="ofHost">Of the host that SNI names; null where they are the server's.</param>
    public DrainingServer(HttpLimits? limits = null, HttpLimits? ofHost = null)
    {
        _server = new InMemoryServer(Answer, limits, pipeCapacity: 4096);
        _server.Ended.OfHost = ofHost;
        _server.Server.Listen(new ServerEndpoint(Address, _tls.Context), 0);
        Client = new SslStream(new ConnectionStream(_server.Loop, _server.Loop.Connect(Address)));
        Client.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Equals(X509CertificateLoader.LoadCertificateFromFile(_tls.Files.ChainFile)),
        });
        Client.Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        Assert.Equal(0, _server.Counts.Total);
    }

    public SslStream Client { get; }

    public LoopServer Server => _server.Server;

    public InMemoryLoop Loop => _server.Loop;

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        _tls.Dispose();
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
