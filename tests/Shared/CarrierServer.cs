using System.Runtime.Versioning;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Sse;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server.WebSockets;

/// <summary>
/// A real server, plain and over TLS, HTTP/1.1 and HTTP/2, for peers that we did not write: <c>/echo</c> sends messages back, <c>/kept</c> too with context takeover and small windows, <c>/events</c>
/// is an event stream of three events, 200 ms apart; anything else is a page.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CarrierServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-carriers-").FullName;
    private readonly MemoryStream _errors = new();
    private readonly ErrorLog _log;
    private readonly TlsServerContext _tls;
    private readonly HttpServer _server;

    public CarrierServer(string page = "")
    {
        Certificate = LocalCertificate.Ensure(_folder, DateTimeOffset.UtcNow);
        _tls = new TlsServerContext(new TlsServerOptions { Name = "test", Certificates = [Certificate] });
        _log = new ErrorLog(_errors);
        byte[] content = Encoding.UTF8.GetBytes(page);
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints =
            [
                new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0)) { Http2Cleartext = Http2Cleartext.Direct }, new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0), _tls),
            ],
            ErrorLog = _log,
            Loops = 1,
            CreateSite = loop => new LoopSite(new Starter(this, loop, content), new Nobody()),
        });
    }

    public TlsCertificateFiles Certificate { get; }

    public int Port => _server.Addresses[0].Port;

    public int TlsPort => _server.Addresses[1].Port;

    /// <summary>What WebSockets told: over which version, and how they ended.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Ends in good order: WebSockets are told so.</summary>
    public void StopInGoodOrder() => _server.Stop();

    public string Errors()
    {
        _log.Dispose();
        return Encoding.UTF8.GetString(_errors.ToArray());
    }

    public void Dispose()
    {
        _server.Dispose();
        _tls.Dispose();
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Note(string line)
    {
        lock (Events)
        {
            Events.Add(line);
        }
    }

    private sealed class Starter(CarrierServer server, EventLoop loop, byte[] page) : IExchangeStarter
    {
        private static readonly FieldBlock Html = FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"));

        private readonly WebSocketEndpoint _echo = new(loop, new WebSocketOptions { Subprotocols = ["echo.v2", "echo.v1"] });

        private readonly WebSocketEndpoint _kept = new(loop, new WebSocketOptions
        {
            Subprotocols = ["echo.v1"],
            Deflate = new DeflateOptions { ServerContextTakeover = true, ClientContextTakeover = true, ServerWindowBits = 11, ClientWindowBits = 10 },
            Origins = new OriginRule(["*"]),
        });

        public void Start(Exchange exchange)
        {
            if (exchange.Request.Path.SequenceEqual("/echo"u8) || exchange.Request.Path.SequenceEqual("/kept"u8))
            {
                WebSocketEndpoint endpoint = exchange.Request.Path.SequenceEqual("/echo"u8) ? _echo : _kept;
                endpoint.Accept(exchange, new Echo(server));
            }
            else if (exchange.Request.Path.SequenceEqual("/events"u8))
            {
                new EventStream(loop, exchange).Begin();
            }
            else
            {
                exchange.Respond(200, Html, page.Length);
                exchange.Write(page);
                exchange.Complete();
            }
        }
    }

    private sealed class Echo(CarrierServer server) : IWebSocketHandler
    {
        public string Name => "echo";

        public void OnOpened(WebSocketExchange socket) => server.Note($"opened {(socket.Request.Protocol.IsEmpty ? "HTTP/1.1" : "HTTP/2")} {socket.Subprotocol}".TrimEnd());

        public void OnMessage(WebSocketExchange socket, bool isText, ReadOnlySpan<byte> content)
        {
            if (isText && content.SequenceEqual("close, please"u8))
            {
                socket.Close(4001, "as you wish"u8);
            }
            else if (isText)
            {
                socket.SendText(content);
            }
            else
            {
                socket.SendBinary(content);
            }
        }

        public void OnWritable(WebSocketExchange socket)
        {
        }

        public void OnClosed(WebSocketExchange socket, int code, ReadOnlySpan<byte> reason, EndReason why) => server.Note($"closed {code} {why}");
    }

    private sealed class EventStream(EventLoop loop, Exchange exchange) : TimerEntry, IExchangeHandler
    {
        private static readonly FieldBlock Fields = FieldBlock.Create(("Content-Type", SseWriter.MediaType), ("Cache-Control", "no-store"));

        private readonly bool _isResumed = exchange.Request.Value(KnownField.LastEventId).SequenceEqual("2"u8);
        private int _next = 1;
        private bool _isOver;

        public string Name => "events";

        public void Begin()
        {
            exchange.Handler = this;
            exchange.Respond(200, Fields);
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            SseWriter.WriteRetry(output, 50);
            exchange.Write(output.WrittenSpan);
            Send();
        }

        public void OnBodyReadable(Exchange ofExchange)
        {
        }

        public void OnWritable(Exchange ofExchange)
        {
        }

        public void OnAborted(Exchange ofExchange, EndReason reason)
        {
            _isOver = true;
            loop.Timers.Cancel(this);
        }

        protected override void OnDue(long now)
        {
            if (!_isOver)
            {
                Send();
            }
        }

        // The client that comes again after the second gets the third; any other gets the first two, and its connection ends.
        private void Send()
        {
            int id = _isResumed ? 3 : _next;
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            SseWriter.WriteEvent(output, Encoding.UTF8.GetBytes($"event {id}\nof three, é"), id == 3 ? "last"u8 : default, Encoding.ASCII.GetBytes($"{id}"));
            exchange.Write(output.WrittenSpan);
            if (id >= 2)
            {
                exchange.Complete();
                _isOver = true;
                return;
            }

            _next++;
            loop.Timers.Schedule(this, loop.Now + 200);
        }
    }

    private sealed class Nobody : IExchangeObserver
    {
        public void Ended(Exchange exchange)
        {
        }

        public void EndOfBatch(long now)
        {
        }

        public void EndOfLoop()
        {
        }
    }
}
