using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>How long a loop goes on when its server stops.</summary>
public sealed class StopTests : IDisposable
{
    private readonly List<Exchange> _held = [];
    private readonly InMemoryServer _server;
    private bool _isStopped;

    public StopTests() => _server = new InMemoryServer(exchange =>
    {
        exchange.Handler = new Holding();
        _held.Add(exchange);
    });

    public void Dispose() => _server.Dispose();

    [Fact]
    public void A_stop_waits_three_seconds_for_an_answer()
    {
        AskAndStop(isGraceful: false);
        _server.Loop.Advance(2_900);
        Assert.False(_isStopped);

        _server.Loop.Advance(200);
        Assert.True(_isStopped);
    }

    [Fact]
    public void A_graceful_stop_waits_as_long_as_an_answer_takes()
    {
        AskAndStop(isGraceful: true);
        _server.Loop.Advance(1_000_000);
        Assert.False(_isStopped);

        _held[0].Respond(200, FieldBlock.Empty, 0);
        _held[0].Complete();
        _server.Loop.RunUntilIdle();

        // The client may still be sending.
        _server.Loop.Advance(2_500);
        Assert.True(_isStopped);
    }

    [Fact]
    public void A_graceful_stop_becomes_a_plain_one()
    {
        AskAndStop(isGraceful: true);
        _server.Loop.Advance(1_000_000);
        _server.Server.Hurry();
        _server.Loop.Advance(2_900);
        Assert.False(_isStopped);

        _server.Loop.Advance(200);
        Assert.True(_isStopped);
    }

    [Fact]
    public void What_holds_the_loop_is_waited_for_when_every_connection_is_closed()
    {
        LoopSite? hold = null;
        AskAndStop(isGraceful: false, () => hold = LoopSite.HoldLoop(_held[0]));
        _server.Loop.Advance(10_000);
        Assert.Equal(0, _server.Counts.Total);
        Assert.False(_isStopped);

        hold!.Release();
        Assert.True(_isStopped);
    }

    private void AskAndStop(bool isGraceful, Action? asked = null)
    {
        _server.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        _server.Loop.RunUntilIdle();
        asked?.Invoke();
        _server.Server.Stop(() => _isStopped = true, isGraceful);
    }

    private sealed class Holding : IExchangeHandler
    {
        public string Name => "hold";

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, Core.EndReason reason)
        {
        }
    }
}
