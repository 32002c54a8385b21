using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>
/// A client's HTTP/1.1 connection. The input's first byte says what was asked for; then come responses, put together of whole lines and pieces of content by the byte that stands for each, or as
/// they are. They are fed whole, in pieces, and so that the user pauses after every piece of content: each way the same must be told, every exchange end once, every buffer return.
/// </summary>
public static class Http1ClientTarget
{
    private static readonly HttpLimits Limits = SmallLimits.Http with { RequestBody = 0 };

    // What responses are made of, in any order: what a byte below their number stands for.
    private static readonly string[] Parts =
    [
        "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n", "HTTP/1.1 204 No Content\r\n", "HTTP/1.1 304 Not Modified\r\n", "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n", "Upgrade: echo\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n",
        "Connection: keep-alive\r\n", "\r\n", "hello", "5\r\nhello\r\n", "0\r\n", "X: y\r\n", "3;a=b\r\nabc\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "\n", "\r", " ", "\0",
    ];

    // The byte that stands for the moment at which the next request goes out, where the connection takes one.
    private const byte NextRequest = 255;

    public static void Run(ReadOnlySpan<byte> input)
    {
        int options = input.IsEmpty ? 0 : input[0];
        byte[][] responses = Put(input.IsEmpty ? input : input[1..]);
        string whole = Outcome(responses, int.MaxValue, options, pauses: false);
        Compare(whole, Outcome(responses, 100, options, pauses: false));
        Compare(whole, Outcome(responses, 1, options, pauses: false));
        Compare(whole, Outcome(responses, 7, options, pauses: true));
    }

    private static byte[][] Put(ReadOnlySpan<byte> input)
    {
        var responses = new List<byte[]>();
        var bytes = new List<byte>();
        foreach (byte value in input[..Math.Min(input.Length, 512)])
        {
            if (value == NextRequest)
            {
                responses.Add([.. bytes]);
                bytes.Clear();
            }
            else if (value < Parts.Length)
            {
                bytes.AddRange(Encoding.Latin1.GetBytes(Parts[value]));
            }
            else
            {
                bytes.Add(value);
            }
        }

        return [.. responses, [.. bytes]];
    }

    private static string Outcome(byte[][] responses, int piece, int options, bool pauses)
    {
        var host = new TestHost(_ => { }) { Limits = Limits };
        var engine = new Http1ClientConnection(host);
        host.Use(engine);
        var user = new User(engine, options, pauses);
        foreach (byte[] response in responses)
        {
            user.Begin();
            foreach (byte[] bytes in response.Chunk(piece))
            {
                host.Feed(bytes);
                user.Resume();
                host.Pump();
            }

            while (user.Resume())
            {
                host.Pump();
            }
        }

        host.FeedEnd();
        string outcome = $"{user.Text}\n{engine.Closing} {engine.ClosingReason}";
        host.End(EndReason.PeerClosed);
        Http2Target.Require(user.IsOver, "An exchange did not end.");
        Http2Target.Require(host.Buffers.Outstanding == 0, "A buffer was not returned.");
        return outcome;
    }

    private static void Compare(string whole, string other) =>
        Http2Target.Require(whole == other, $"The same bytes in other pieces gave another outcome.\n--- whole\n{whole}\n--- pieces\n{other}");

    // Writes down what is told.
    private sealed class User(Http1ClientConnection engine, int options, bool pauses) : IClientExchangeHandler
    {
        private readonly StringBuilder _text = new();
        private ClientExchange? _exchange;

        public string Text => _text.ToString();

        public bool IsOver => _exchange is not { IsOver: false };

        public void Begin()
        {
            if (!engine.CanStart)
            {
                return;
            }

            string method = (options & 1) != 0 ? "HEAD" : "GET";
            FieldBlock fields = (options & 2) != 0 ? FieldBlock.Create(("Connection", "upgrade"), ("Upgrade", "echo")) : FieldBlock.Empty;
            _exchange = engine.Start(new ClientRequest(method, "http", "a", "/", fields), this);
        }

        public bool Resume()
        {
            bool isPaused = _exchange is { IsPaused: true, IsOver: false };
            if (isPaused)
            {
                _exchange!.Resume();
            }

            return isPaused;
        }

        public void OnInformational(ClientExchange exchange) => _text.Append($"\ninformational {exchange.Status}\n");

        public void OnResponse(ClientExchange exchange) => _text.Append($"\nresponse {exchange.Status} {exchange.Fields.Count}\n");

        public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
        {
            Http2Target.Require(!exchange.IsPaused, "A paused exchange was told of content.");
            _text.Append(Encoding.Latin1.GetString(content));
            if (pauses)
            {
                exchange.Pause();
            }
        }

        public void OnTrailers(ClientExchange exchange) => _text.Append($"\ntrailers {exchange.Trailers.Count}\n");

        public void OnWritable(ClientExchange exchange)
        {
        }

        public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable) => _text.Append($"\nended {reason} {isRetryable}\n");
    }
}
