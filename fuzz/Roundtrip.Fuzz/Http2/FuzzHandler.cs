using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>Handlers that do what the input chooses, at once, later, and from within every call that they get; always within the contract of <see cref="Exchange"/>.</summary>
internal sealed class FuzzHandler(TestHost host, Choices choices, int patience) : IExchangeHandler
{
    private static readonly byte[] Content = GC.AllocateArray<byte>(40_000, pinned: true);

    private readonly List<(Exchange Exchange, uint Generation)> _held = [];
    private readonly Dictionary<(Exchange Exchange, uint Generation), int> _told = [];
    private readonly List<MemoryFile> _files = [];
    private readonly byte[] _piece = new byte[700];

    public string Name => "fuzz";

    public void Start(Exchange exchange)
    {
        _told.Add((exchange, exchange.Generation), 0);
        exchange.LimitWaits(patience);
        int mode = choices.Of(8);
        if (mode > 1)
        {
            exchange.Handler = this;
            _held.Add((exchange, exchange.Generation));
        }

        if (mode is 0 or 2)
        {
            Answer(exchange);
        }
        else if (mode is > 4)
        {
            Act(exchange);
        }
    }

    /// <summary>One of the exchanges that are held does something.</summary>
    public void ActOnAny()
    {
        _held.RemoveAll(held => held.Exchange.Generation != held.Generation);
        if (_held.Count > 0)
        {
            Act(_held[choices.Of(_held.Count)].Exchange);
        }
    }

    /// <summary>Ends whatever is not over.</summary>
    public void EndAll()
    {
        foreach ((Exchange exchange, uint generation) in _held.ToArray())
        {
            if (exchange.Generation == generation)
            {
                exchange.Abort(EndReason.HandlerFailed);
            }
        }
    }

    public void OnBodyReadable(Exchange exchange) => Act(exchange);

    public void OnWritable(Exchange exchange) => Act(exchange);

    public void OnAborted(Exchange exchange, EndReason reason)
    {
        Http2Target.Require(++_told[(exchange, exchange.Generation)] == 1, "A handler was told twice that its exchange is over.");
        Http2Target.Require(reason != EndReason.None, "An exchange was aborted for no reason.");
        if (choices.Flag())
        {
            Act(exchange);
        }

        if (choices.Of(4) == 3)
        {
            ActOnAny();
        }
    }

    /// <summary>What must hold once the connection is gone.</summary>
    public void Check()
    {
        // An exchange that no handler saw is noted too: it has an end and no start.
        int started = host.Events.Count(line => line.StartsWith("start ", StringComparison.Ordinal));
        int ended = host.Events.Count(line => line.StartsWith("end ", StringComparison.Ordinal));
        Http2Target.Require(started == _told.Count && ended >= started, "An exchange did not end.");
        foreach (MemoryFile file in _files)
        {
            Http2Target.Require(file.IsClosed, "A file was not closed.");
        }
    }

    private void Act(Exchange exchange)
    {
        switch (choices.Of(10))
        {
            case 0:
                Answer(exchange);
                break;
            case 1 or 2:
                Read(exchange);
                break;
            case 3:
                exchange.Inform(choices.Of(100, 103, 199), FieldBlock.Empty);
                break;
            case 4 when !exchange.HasResponded:
                Respond(exchange, choices.Of(-1, -1, 0, 5, 3000, 40_000));
                break;
            case 5 or 6 when exchange.HasResponded:
                Write(exchange);
                break;
            case 7 when exchange.HasResponded:
                exchange.Complete();
                break;
            case 8:
                exchange.Abort(EndReason.HandlerFailed);
                break;
            case 9:
                _ = exchange.CanWrite;
                break;
        }
    }

    private void Answer(Exchange exchange)
    {
        if (!exchange.HasResponded)
        {
            int length = choices.Of(0, 2, 3000, 40_000);
            Respond(exchange, length);
            exchange.WriteShared(Content, 0, length);
        }

        exchange.Complete();
    }

    private void Respond(Exchange exchange, long length)
    {
        if (choices.Of(8) == 7)
        {
            exchange.ResponseFields.Add("priority"u8, choices.Of(2) == 0 ? "u=1, i"u8 : "u=7"u8);
        }

        exchange.Respond(choices.Of(200, 200, 200, 204, 205, 304, 404), FieldBlock.Empty, length);
    }

    private void Write(Exchange exchange)
    {
        int count = choices.Of(1, 5, 500, 3000, 20_000);
        switch (choices.Of(3))
        {
            case 0:
                exchange.Write(Content.AsSpan(0, count));
                break;
            case 1:
                exchange.WriteShared(Content, 0, count);
                break;
            default:
                var file = new MemoryFile(Content);
                _files.Add(file);
                exchange.WriteFile(file, 0, count);
                file.ReleaseReference();
                break;
        }
    }

    private void Read(Exchange exchange)
    {
        for (int i = choices.Of(4); i >= 0; i--)
        {
            if (exchange.ReadBody(_piece).Status != BodyReadStatus.Data)
            {
                return;
            }
        }
    }
}
