using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Fuzz;

/// <summary>Who asks: begins requests and does with them what the input chooses, at once, later, and from within every call that it gets; always within the contract of <see cref="ClientExchange"/>.</summary>
internal sealed class FuzzUser(IClientEngine engine, Choices choices) : IClientExchangeHandler
{
    private readonly List<ClientExchange> _begun = [];
    private readonly Dictionary<ClientExchange, Told> _told = [];
    private readonly byte[] _content = new byte[40_000];

    // The content that was written of each request; less than 0 when it is complete.
    private readonly Dictionary<ClientExchange, int> _sent = [];

    private enum Told : byte
    {
        Nothing,
        Response,
        Trailers,
        End,
    }

    /// <summary>Begins a request, where the connection takes one.</summary>
    public void Begin()
    {
        if (!engine.CanStart)
        {
            return;
        }

        string method = choices.Of("GET", "GET", "HEAD", "POST", "POST");
        long length = method == "POST" ? choices.Of(-1, 0, 5, 3000, 40_000) : 0;
        FieldBlock fields = choices.Of(6) switch
        {
            0 => FieldBlock.Create(("Connection", "close")),
            1 => FieldBlock.Create(("Connection", "upgrade"), ("Upgrade", "echo")),
            _ => FieldBlock.Create(("A", "b")),
        };
        Note(engine.Start(new ClientRequest(method, "https", "a", "/", fields, length), this));
    }

    /// <summary>One of the exchanges that are not over does something.</summary>
    public void ActOnAny()
    {
        _begun.RemoveAll(static exchange => exchange.IsOver);
        if (_begun.Count > 0)
        {
            Act(_begun[choices.Of(_begun.Count)]);
        }
    }

    public void ResumeAll()
    {
        foreach (ClientExchange exchange in _begun.ToArray())
        {
            exchange.Resume();
        }
    }

    public void CancelAll()
    {
        foreach (ClientExchange exchange in _begun.ToArray())
        {
            exchange.Cancel();
        }
    }

    /// <summary>What must hold once the connection is gone.</summary>
    public void Check() => Http2Target.Require(_told.Values.All(told => told == Told.End), "An exchange did not end.");

    public void OnInformational(ClientExchange exchange)
    {
        Require(exchange, Told.Nothing, exchange.Status is >= 100 and < 200, "An interim response came behind the final one.");
        Perhaps(exchange);
    }

    public void OnResponse(ClientExchange exchange)
    {
        Require(exchange, Told.Nothing, exchange.Status is 101 or >= 200, "A response came twice.");
        _told[exchange] = Told.Response;
        Perhaps(exchange);
    }

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        Require(exchange, Told.Response, !content.IsEmpty && !exchange.IsPaused, "Content came that should not.");
        Perhaps(exchange);
    }

    public void OnTrailers(ClientExchange exchange)
    {
        Require(exchange, Told.Response, !exchange.IsPaused, "Trailers came that should not.");
        _told[exchange] = Told.Trailers;
        Perhaps(exchange);
    }

    public void OnWritable(ClientExchange exchange)
    {
        Http2Target.Require(_told[exchange] != Told.End, "An exchange that is over has room.");
        Write(exchange);
    }

    public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
    {
        Told told = _told[exchange];
        Http2Target.Require(told != Told.End, "An exchange ended twice.");
        Http2Target.Require(reason != EndReason.None && exchange.EndReason == reason, "An exchange ended for no reason.");
        Http2Target.Require(reason != EndReason.Completed || (told != Told.Nothing && !isRetryable), "A response that did not come is complete.");
        Http2Target.Require(!isRetryable || told == Told.Nothing, "A request that was answered may be sent again.");
        _told[exchange] = Told.End;
        switch (choices.Of(6))
        {
            case 0:
                Act(exchange);
                break;
            case 1:
                ActOnAny();
                break;
            case 2:
                Begin();
                break;
        }
    }

    public IClientExchangeHandler? OnPromised(ClientExchange exchange, ClientRequest promised)
    {
        Http2Target.Require(_told[exchange] != Told.End, "A promise came to an exchange that is over.");
        return choices.Flag() ? new Taker(this) : null;
    }

    private void Note(ClientExchange exchange)
    {
        _told.Add(exchange, Told.Nothing);
        _begun.Add(exchange);
        Perhaps(exchange);
    }

    private void Perhaps(ClientExchange exchange)
    {
        if (choices.Of(4) == 3)
        {
            Act(exchange);
        }
    }

    private void Act(ClientExchange exchange)
    {
        switch (choices.Of(8))
        {
            case 0:
                exchange.Cancel();
                break;
            case 1 or 2:
                exchange.Pause();
                break;
            case 3 or 4:
                exchange.Resume();
                break;
            default:
                Write(exchange);
                break;
        }
    }

    // As much as the request has, and then its end.
    private void Write(ClientExchange exchange)
    {
        ClientRequest request = exchange.Request;
        if (request.ContentLength == 0 || _sent.GetValueOrDefault(exchange) is < 0)
        {
            return;
        }

        int sent = _sent.GetValueOrDefault(exchange);
        int left = request.ContentLength < 0 ? 40_000 - sent : (int)request.ContentLength - sent;
        int count = Math.Min(left, choices.Of(1, 700, 16_000, 40_000));
        _sent[exchange] = sent += exchange.Write(_content.AsSpan(0, count));
        if (sent == 40_000 || sent == request.ContentLength)
        {
            _sent[exchange] = -1;
            exchange.Complete();
        }
    }

    private void Require(ClientExchange exchange, Told told, bool holds, string otherwise) => Http2Target.Require(_told[exchange] == told && holds, otherwise);

    // Who takes a promise is told of its exchange by the first call.
    private sealed class Taker(FuzzUser user) : IClientExchangeHandler
    {
        public void OnInformational(ClientExchange exchange) => Of(exchange).OnInformational(exchange);

        public void OnResponse(ClientExchange exchange) => Of(exchange).OnResponse(exchange);

        public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content) => Of(exchange).OnContent(exchange, content);

        public void OnTrailers(ClientExchange exchange) => Of(exchange).OnTrailers(exchange);

        public void OnWritable(ClientExchange exchange) => Of(exchange).OnWritable(exchange);

        public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable) => Of(exchange).OnEnded(exchange, reason, isRetryable);

        private FuzzUser Of(ClientExchange exchange)
        {
            if (user._told.TryAdd(exchange, Told.Nothing))
            {
                user._begun.Add(exchange);
            }

            return user;
        }
    }
}
