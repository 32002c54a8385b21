using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>What answers requests on one loop, and what is told of them. It ends when another has taken its place and the last exchange that it began is over.</summary>
public sealed class LoopSite(IExchangeStarter starter, IExchangeObserver observer)
{
    private int _open;
    private bool _isRetired;

    /// <summary>Gives it an exchange.</summary>
    internal void Start(Exchange exchange)
    {
        exchange.Owner = this;
        _open++;
        uint generation = exchange.Generation;
        starter.Start(exchange);
        if (!exchange.HasResponded && exchange.Generation == generation && exchange.EndReason == EndReason.None)
        {
            observer.Unanswered(exchange);
        }
    }

    /// <summary>An exchange is answered by its engine: one that it began, or one that nobody was given.</summary>
    internal void Refusing(Exchange exchange) => observer.Refusing(exchange);

    /// <summary>An exchange is over: one that it began, or one that was refused before anybody was asked.</summary>
    internal void Ended(Exchange exchange)
    {
        observer.Ended(exchange);
        if (ReferenceEquals(exchange.Owner, this))
        {
            _open--;
            EndIfUnused();
        }
    }

    /// <summary>What bounds the asynchronous code of its exchanges. The driver sets it before the first one.</summary>
    internal RequestWorkers Workers { get; set; } = null!;

    /// <summary>What keeps the loop running. The driver sets it before the first exchange.</summary>
    internal LoopHolds Holds { get; set; } = new();

    /// <summary>Keeps the exchange's loop running until <see cref="Release"/>, also when the server stops: something was begun for it that only the loop can end, and does within seconds of the exchange's end.</summary>
    /// <returns>What to give to <see cref="Release"/>.</returns>
    public static LoopSite HoldLoop(Exchange exchange)
    {
        var site = (LoopSite)exchange.Owner!;
        site.Holds.Add();
        return site;
    }

    /// <summary>On the loop: what <see cref="HoldLoop"/> was called for has ended.</summary>
    public void Release() => Holds.Release();

    internal bool WantsTimestamps { get; } = observer.WantsTimestamps;

    internal bool WantsTrailers { get; } = observer.WantsTrailers;

    /// <summary>The log of the host that a connection, or an exchange on it, is with; null where the server's own has the line.</summary>
    internal ErrorLog? LogOf(IConnectionHost connection, Exchange? exchange) => observer.LogOf(connection, exchange);

    /// <summary>The limits of a connection where they are not the server's; null where they are.</summary>
    internal HttpLimits? LimitsOf(IConnectionHost connection) => observer.LimitsOf(connection);

    internal void EndOfBatch(long now) => observer.EndOfBatch(now);

    /// <summary>Another takes its place, or the loop ends.</summary>
    internal void Retire()
    {
        _isRetired = true;
        EndIfUnused();
    }

    /// <summary>The loop has ended: there is nothing to wait for.</summary>
    internal void End()
    {
        observer.EndOfLoop();
        (starter as IDisposable)?.Dispose();
    }

    private void EndIfUnused()
    {
        if (_isRetired && _open == 0)
        {
            End();
        }
    }
}
