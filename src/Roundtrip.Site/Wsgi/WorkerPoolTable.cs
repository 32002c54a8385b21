using System.Collections.Immutable;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi;

/// <summary>The pools of one configuration, by their groups.</summary>
internal sealed class WorkerPoolTable
{
    private readonly Dictionary<(string Process, string Application), WorkerPool> _pools = [];

    /// <param name="pools">Null where there are no processes: then there is no pool either.</param>
    public WorkerPoolTable(ImmutableArray<WorkerGroupDefinition> definitions, IWorkerPools? pools)
    {
        foreach (WorkerGroupDefinition definition in pools is null ? [] : definitions)
        {
            _pools.TryAdd((definition.Name, definition.ApplicationGroup), pools!.PoolOf(definition));
        }
    }

    /// <summary>The pool of two groups. An application group that no directive names beforehand is among those of %{GLOBAL}; null where there is no such process group.</summary>
    public WorkerPool? Find(string process, string application) =>
        _pools.GetValueOrDefault((process, application)) ?? _pools.GetValueOrDefault((process, GroupName.Global));
}
