using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Access;
using Roundtrip.Site.Files;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.Support;

/// <summary>A folder, a loop and a site that serves the one on the other.</summary>
internal sealed class SiteUnderTest : IDisposable
{
    private readonly SiteLogs _logs = new(_ => AppendFile.Open("/dev/null"), null);
    private SiteLoop? _site;

    public TempFolder Folder { get; } = new();

    public FakeLoop Loop { get; } = new();

    public SharedCacheBudget Budget { get; init; } = new();

    /// <summary>The folder's site.conf, which does not lie in it.</summary>
    public string Conf { get; init; } = "";

    /// <summary>What is no directive.</summary>
    public Action<SettingBag> Set { get; init; } = static _ => { };

    public int MaximumOpenFiles { get; init; } = 256;

    /// <summary>Names for rules of access; by default there are none.</summary>
    public INameSource Names { get; init; } = new FakeNames();

    public SiteLoop Site => _site ??= Make();

    /// <summary>The main server's settings.</summary>
    public SettingBag Settings => Site.FirstHost.Host.Settings;

    public HotFiles Hot => Site.FirstHost.Hot;

    public LoadQueue Loads => Site.FirstHost.Loads;

    public FakeExchange Get(string target, params string[] fields) => Answer(FakeExchange.Get(target, fields));

    /// <summary>Starts an exchange and waits until it is answered.</summary>
    public FakeExchange Answer(FakeExchange exchange)
    {
        Site.Start(exchange);
        if (!exchange.HasResponded)
        {
            Site.Unanswered(exchange);
        }

        Loop.RunUntil(() => exchange.IsComplete);
        return exchange;
    }

    public FakeExchange Send(string method, string target) => Answer(new FakeExchange($"{method} {target} HTTP/1.1\nHost: localhost\n"));

    public void Dispose()
    {
        _site?.Dispose();
        _logs.Dispose();
        Folder.Dispose();
    }

    /// <summary>What is wrong with a folder's site.conf, and what it is warned of.</summary>
    public static IReadOnlyList<string> Complaints(string conf)
    {
        BuiltConfiguration built = SiteConfiguration.LoadFolder(new InMemorySource().With("/folder/site.conf", conf), "/folder", hasFile: true, static _ => []);
        return [.. built.Errors.Concat(built.Warnings).Select(complaint => complaint.Message)];
    }

    /// <summary>The host of a folder without a configuration.</summary>
    public static SiteHost HostOf(string folder) => new(
        SiteConfiguration.LoadFolder(new InMemorySource(), folder, hasFile: false, static _ => []).Main, new SiteLogs(_ => AppendFile.Open("/dev/null"), null));

    private SiteLoop Make()
    {
        var source = new InMemorySource().With($"{Folder.Path}/site.conf", Conf);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(source, Folder.Path, hasFile: true, static _ => []);
        Assert.Empty(built.Errors);
        Set(built.Main.Settings);
        return new SiteLoop(new SiteSnapshot(built, _logs, new SiteServices { Budget = Budget, MaximumOpenFiles = MaximumOpenFiles, Names = Names }), Loop);
    }
}
