using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.InMemory;

namespace Roundtrip.Server.Tests;

/// <summary>The driver over the in-memory transport: no kernel, and a clock that the test moves.</summary>
internal sealed class InMemoryServer : IDisposable
{
    public static readonly PeerAddress Address = PeerAddress.FromIPv4(0x7F000001, 80);
    private readonly MemoryStream _errors = new();
    private readonly ErrorLog _log;

    public InMemoryServer(Action<Exchange> start, HttpLimits? limits = null, int pipeCapacity = 64 * 1024, bool wantsTrailers = false)
    {
        Ended.WantsTrailers = wantsTrailers;
        Loop = new InMemoryLoop(pipeCapacity);
        _log = new ErrorLog(_errors);
        var options = new ServerOptions
        {
            Endpoints = [],
            ErrorLog = _log,
            Limits = limits ?? HttpLimits.Default,
            CreateSite = _ => new LoopSite(new Starter(start), Ended),
        };
        Workers = new RequestWorkers(options.Limits.MaxRequestWorkers);
        Server = new LoopServer(Loop, options, Counts, Workers);
        Server.Listen(new ServerEndpoint(Address), 0);
    }

    public InMemoryLoop Loop { get; }

    public LoopServer Server { get; }

    public ConnectionCounts Counts { get; } = new();

    public RequestWorkers Workers { get; }

    public ErrorLog Log => _log;

    public EndedExchanges Ended { get; } = new();

    public Client Connect() => new(Loop, Loop.Connect(Address));

    /// <summary>Ends the log and gives all that was written to it.</summary>
    public string Errors()
    {
        _log.Dispose();
        return Encoding.UTF8.GetString(_errors.ToArray());
    }

    public void Dispose()
    {
        Server.Dispose();
        _log.Dispose();
    }

    private sealed class Starter(Action<Exchange> start) : IExchangeStarter
    {
        public void Start(Exchange exchange) => start(exchange);
    }

    /// <summary>What the access log was told.</summary>
    public sealed class EndedExchanges : IExchangeObserver
    {
        public List<(int Status, long Content, EndReason Reason)> All { get; } = [];

        /// <summary>What each counted of the connection's bytes, and which of its requests it was.</summary>
        public List<(long Received, long Sent, int Index)> Bytes { get; } = [];

        public bool WantsTrailers { get; set; }

        /// <summary>The trailers of each, as lines; null where none were kept.</summary>
        public List<string?> Trailers { get; } = [];

        /// <summary>Those that were not answered within Start.</summary>
        public List<Exchange> Unanswered { get; } = [];

        /// <summary>What the host that a connection is for has of its own; null for nothing.</summary>
        public HttpLimits? OfHost { get; set; }

        HttpLimits? IExchangeObserver.LimitsOf(IConnectionHost connection) => OfHost;

        void IExchangeObserver.Unanswered(Exchange exchange) => Unanswered.Add(exchange);

        public void Ended(Exchange exchange)
        {
            Trailers.Add(exchange.RequestTrailers is { } trailers ? Encoding.Latin1.GetString(trailers.Http1Lines) : null);
            All.Add((exchange.Status, exchange.ContentSent, exchange.EndReason));
            Bytes.Add((exchange.BytesReceived, exchange.BytesSent, exchange.IndexOnConnection));
        }

        public void EndOfBatch(long now)
        {
        }

        public void EndOfLoop()
        {
        }
    }

    /// <summary>A client of few abilities: it sends text, takes what has come, half-closes and resets.</summary>
    public sealed class Client(InMemoryLoop loop, InMemoryConnection connection)
    {
        private readonly OutputQueue _queue = new(new BufferPool());

        public bool IsEnded { get; private set; }

        public bool IsReset { get; private set; }

        public InMemoryConnection Connection => connection;

        public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

        public void Send(ReadOnlySpan<byte> bytes)
        {
            _queue.Write(bytes);
            while (!_queue.IsEmpty && connection.Write(_queue, long.MaxValue).Status == IoStatus.Done)
            {
                loop.RunUntilIdle();
            }

            _queue.Clear();
            loop.RunUntilIdle();
        }

        /// <summary>Takes all that comes, or at most so many bytes, as Latin-1.</summary>
        public string Receive(int most = int.MaxValue)
        {
            var text = new StringBuilder();
            byte[] buffer = new byte[16 * 1024];
            while (text.Length < most)
            {
                loop.RunUntilIdle();
                IoResult result = connection.Read(buffer.AsSpan(0, Math.Min(buffer.Length, most - text.Length)));
                if (result.Status != IoStatus.Done)
                {
                    IsEnded |= result.Status == IoStatus.End;
                    IsReset |= result.Status == IoStatus.Failed;
                    break;
                }

                text.Append(Encoding.Latin1.GetString(buffer, 0, (int)result.Count));
            }

            return text.ToString();
        }

        public void ShutdownSend()
        {
            connection.ShutdownWrite();
            loop.RunUntilIdle();
        }

        public void Reset()
        {
            connection.Reset();
            loop.RunUntilIdle();
        }

        public void Close()
        {
            connection.Close();
            loop.RunUntilIdle();
        }
    }
}
