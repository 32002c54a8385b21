using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi.Dispatch;

internal sealed class WorkerPool(WorkerGroupDefinition definition, IWorkerPoolObserver observer)
{
    public WorkerGroupDefinition Definition => definition;
    public void Add(Worker worker) => throw new NotImplementedException();
    public void Retire(Worker worker) => throw new NotImplementedException();
    public void Lost(Worker worker) => throw new NotImplementedException();
    public void SetHope(bool hasHope) => throw new NotImplementedException();
    public Roundtrip.Server.ErrorLog? LogOf(long request) => null;
    public string? RequestOf(long number) => throw new NotImplementedException();
    private IWorkerPoolObserver Observer => observer;
}
