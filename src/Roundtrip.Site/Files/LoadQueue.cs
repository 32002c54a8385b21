using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.Files;

/// <summary>The loads of one host on one loop: at most one for a path, and a bounded number at a time.</summary>
/// <param name="ended">Called on the loop with each load that has ended, to keep what it found and answer those who wait.</param>
internal sealed class LoadQueue(SiteHost host, ResourceLoader loader, EventLoop loop, Action<Load> ended) : IExchangeHandler
{
    /// <summary>How many loads may be on the thread pool at a time. Others wait for one of them to end.</summary>
    public const int MaximumRunning = 64;

    private readonly Dictionary<byte[], Load> _loads = new(PathComparer.Instance);
    private readonly Queue<Load> _next = new();

    public string Name => "files";

    public ResourceLoader Loader => loader;

    public EventLoop Loop => loop;

    /// <summary>How many loads are on the thread pool.</summary>
    public int Running { get; private set; }

    /// <summary>Has the exchange wait for the load of that path, if there is one.</summary>
    public bool TryJoin(ReadOnlySpan<byte> path, Exchange exchange)
    {
        if (_loads.Count == 0 || !_loads.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out Load? load))
        {
            return false;
        }

        load.Add(exchange);
        return true;
    }

    /// <summary>Begins a load, for which the exchange waits. There must be none of that path.</summary>
    public void Begin(byte[] path, Resource? known, Exchange exchange)
    {
        known?.AddReference();
        var load = new Load(this, host, path, known, loop.Now);
        load.Add(exchange);
        _loads.Add(path, load);
        _next.Enqueue(load);
        RunNext();
    }

    public void Ended(Load load)
    {
        Running--;
        _loads.Remove(load.Path);
        RunNext();
        ended(load);
        load.Known?.ReleaseReference();
    }

    // A load goes on without the exchange: others may wait for it, and what it finds is kept.
    public void OnAborted(Exchange exchange, EndReason reason)
    {
    }

    // No request body is read here, and no content is written piecemeal.
    public void OnBodyReadable(Exchange exchange)
    {
    }

    public void OnWritable(Exchange exchange)
    {
    }

    private void RunNext()
    {
        while (Running < MaximumRunning && _next.TryDequeue(out Load? load))
        {
            Running++;
            load.Run(loop.Now, loop.UnixMilliseconds);
        }
    }
}
