using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.Files;

/// <summary>
/// One look at the disk on a thread that may wait, for all exchanges that ask for the same path meanwhile. It begins on its loop, runs on the thread pool
/// and ends on its loop.
/// </summary>
/// <param name="known">What the path named before, held by a reference until the end; null where nothing is known.</param>
/// <param name="begun">The loop's time.</param>
internal sealed class Load(LoadQueue queue, SiteHost host, byte[] path, Resource? known, long begun) : IThreadPoolWorkItem, ILoopWork
{
    private readonly List<(Exchange Exchange, uint Generation)> _waiting = [];
    private long _wallClock;

    public SiteHost Host => host;

    public byte[] Path => path;

    public Resource? Known => known;

    public long Begun { get; private set; } = begun;

    /// <summary>What was found; <see cref="Known"/> itself where that still holds.</summary>
    public Resource? Found { get; private set; }

    public void Add(Exchange exchange)
    {
        exchange.Handler = queue;
        _waiting.Add((exchange, exchange.Generation));
    }

    /// <summary>Hands the load to the thread pool.</summary>
    public void Run(long now, long wallClock)
    {
        (Begun, _wallClock) = (now, wallClock);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The exchanges that still wait: those that ended meanwhile serve other requests, or none.</summary>
    public IEnumerable<Exchange> StillWaiting()
    {
        foreach ((Exchange exchange, uint generation) in _waiting)
        {
            if (exchange.Generation == generation && exchange.EndReason == EndReason.None)
            {
                yield return exchange;
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            Found = known is not null && known.Check(mayWait: true) == FactCheck.Holds
                ? known
                : queue.Loader.TryLoad(host, path, _wallClock, mayWait: true);
        }
#pragma warning disable CA1031 // On a pool thread an exception would end the process; here it is the answer to these requests, and a line in the log.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            host.ErrorLog.Write(LogLevel.Error, "files", null, fault.ToString());
        }

        // Where even a patient look says that it would have to wait, renames raced with it again and again: that is an answer too.
        Found ??= Resource.OfStatus(ResourceAbout.OfHost(host), 500);
        queue.Loop.Post(this);
    }

    void ILoopWork.Run() => queue.Ended(this);
}
