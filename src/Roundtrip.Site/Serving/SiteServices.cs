using Roundtrip.Live.Stores;
using Roundtrip.Site.Access;
using Roundtrip.Site.Files;
using Roundtrip.Site.LiveHub;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Serving;

/// <summary>What a site uses of the process around it, the same for every snapshot.</summary>
public sealed record SiteServices
{
    /// <summary>The memory for hot files of all hosts and loops.</summary>
    public SharedCacheBudget Budget { get; init; } = new();

    /// <summary>How many files each host may keep open on each loop.</summary>
    public int MaximumOpenFiles { get; init; } = 256;

    /// <summary>The processes of WSGI; null where there are none.</summary>
    internal IWorkerPools? Workers { get; init; }

    /// <summary>What live channels may be kept in; null where there is memory alone.</summary>
    public ILiveStores? LiveStores { get; init; }

    /// <summary>The live channels' hubs.</summary>
    internal HubTable Hubs { get; init; } = new();

    /// <summary>Looks up the names of clients, for rules of access.</summary>
    public INameSource Names { get; init; } = SystemNames.Instance;

    /// <summary>Ends what outlives snapshots, once no loop serves any more.</summary>
    public void End() => Hubs.Dispose();
}
