using System.Net;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Transport;

namespace Roundtrip.Server.Tests;

/// <summary>A real server with one loop. It takes HTTP/2 too, by prior knowledge.</summary>
internal sealed class EpollServer : IDisposable
{
    private readonly MemoryStream _errors = new();
    private readonly ErrorLog _log;
    private readonly HttpServer _server;
    private EventLoop? _loop;

    /// <summary>Every request goes to asynchronous code.</summary>
    public EpollServer(Func<OffloadedExchange, Task> handler, Http2Limits? limits = null)
        : this((server, exchange, loop) => OffloadedExchange.Start(exchange, loop, server._log, "test code", handler), limits)
    {
    }

    /// <summary>Every request is started on its loop.</summary>
    public EpollServer(Action<Exchange> start)
        : this((_, exchange, _) => start(exchange), limits: null)
    {
    }

    private EpollServer(Action<EpollServer, Exchange, EventLoop> start, Http2Limits? limits)
    {
        _log = new ErrorLog(_errors);
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.From(IPAddress.Loopback, 0)) { Http2Cleartext = Http2Cleartext.Direct }],
            ErrorLog = _log,
            Loops = 1,
            Limits = HttpLimits.Default with { RequestBody = 0, Http2 = limits ?? Http2Limits.Default },
            CreateSite = loop => new LoopSite(new Starter(exchange =>
            {
                _loop = loop;
                start(this, exchange, loop);
            }), new InMemoryServer.EndedExchanges()),
        });
    }

    /// <summary>Does something on the loop that has had a request.</summary>
    public void Post(Action work) => _loop!.Post(new Work(work));

    public int Port => _server.Addresses[0].Port;

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return client;
    }

    public string Errors()
    {
        _log.Dispose();
        return Encoding.UTF8.GetString(_errors.ToArray());
    }

    public void Dispose()
    {
        _server.Dispose();
        _log.Dispose();
    }

    private sealed class Starter(Action<Exchange> start) : IExchangeStarter
    {
        public void Start(Exchange exchange) => start(exchange);
    }

    private sealed class Work(Action work) : ILoopWork
    {
        public void Run() => work();
    }
}
