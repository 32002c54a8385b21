using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>The pools of all groups of processes that the server has.</summary>
internal interface IWorkerPools
{
    /// <summary>The pool of a definition, the same for equal ones: a reload that leaves a group as it is gets the pool that there was. May be called on any thread.</summary>
    WorkerPool PoolOf(WorkerGroupDefinition definition);
}
