using Roundtrip.Site.Files;

namespace Roundtrip.Site.Tests.Support;

/// <summary>A folder, a loop and a site that serves the one on the other.</summary>
internal sealed class SiteUnderTest : IDisposable
{
    private FolderSite? _site;

    public TempFolder Folder { get; } = new();

    public FakeLoop Loop { get; } = new();

    public SharedCacheBudget Budget { get; init; } = new();

    public Func<FolderSiteOptions, FolderSiteOptions> Configure { get; init; } = static options => options;

    public FolderSite Site => _site ??= new FolderSite(Configure(new FolderSiteOptions { Folder = Folder.Path }), Loop, Budget);

    public FakeExchange Get(string target, params string[] fields) => Answer(FakeExchange.Get(target, fields));

    /// <summary>Starts an exchange and waits until it is answered.</summary>
    public FakeExchange Answer(FakeExchange exchange)
    {
        Site.Start(exchange);
        Loop.RunUntil(() => exchange.IsComplete);
        return exchange;
    }

    public FakeExchange Send(string method, string target) => Answer(new FakeExchange($"{method} {target} HTTP/1.1\nHost: localhost\n"));

    public void Dispose()
    {
        _site?.Dispose();
        Folder.Dispose();
    }
}
