using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>A real worker, brought up and ended.</summary>
public sealed class WorkerProcessTests : IDisposable
{
    private const string Application = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_worker_becomes_ready_and_ends_when_its_control_socket_does()
    {
        using var worker = new StartedWorker(Definition(Application));

        Assert.Equal(WorkerWord.Ready, worker.Until(WorkerWord.Ready));

        worker.Process.CloseControl();
        Assert.True(worker.UntilEnded().IsSuccess);
        Assert.Empty(worker.Lines);
    }

    private WorkerGroupDefinition Definition(string script)
    {
        string file = _folder.With("app.wsgi", script)["app.wsgi"];
        return new WorkerGroupDefinition("test", "") { Threads = 2, Scripts = [file], Preload = [new ScriptCallable(file, "application")] };
    }
}
