using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>A real server with real loops and workers, for an application that a test writes.</summary>
internal sealed class ApplicationSite : ServedSite
{
    private readonly IWorkerPools _workers;

    /// <param name="application">The text of <c>app.wsgi</c>.</param>
    /// <param name="conf">The site.conf; in it <c>app.wsgi</c> is the file beside it.</param>
    public ApplicationSite(string application, string conf = "WSGIScriptAlias / app.wsgi", IWorkerPools? workers = null, int loops = 2, (string, string)[]? files = null)
        : this(application, conf, workers ?? new SimpleWorkers(), files ?? [], loops)
    {
    }

    private ApplicationSite(string application, string conf, IWorkerPools workers, (string Name, string Text)[] files, int loops)
        : base(folder => WriteAll(folder, [("app.wsgi", application), .. files]), conf, new SiteServices { Workers = workers }, loops) => _workers = workers;

    public SimpleWorkers Workers => (SimpleWorkers)_workers;

    protected override void ServerEnded() => (_workers as IDisposable)?.Dispose();

    private static void WriteAll(TempFolder folder, (string Name, string Text)[] files)
    {
        foreach ((string name, string text) in files)
        {
            folder.With(name, text);
        }
    }
}
