using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests;

public class CachedRequestTests
{
    private const int Requests = 10_000;

    // Combined, and what else a line may have of a request that nothing asked about.
    private static readonly LogFormat Format = LogFormat.Parse(
        LogFormat.Combined + " %a %A %D %f %I %O %S %k %L %m %{local}p %P %{tid}P %q %R %{end:%Y-%m-%d %H:%M:%S %z}t %{usec}t %{ms}T %U %v %V %X %^FB %{Content-Type}o %{x}C %{X}e %400{Y}n");

    private static readonly SiteHost Host = SiteUnderTest.HostOf("/");

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/large")]
    [InlineData("/a%20b")]
    public void A_cached_request_allocates_nothing_with_the_log_on(string target)
    {
        using var site = new SiteUnderTest();
        site.Folder.With("index.html", new byte[1024]).With("large", new byte[100_000]).With("a b", "x");
        using var log = new Site.AccessLog.AccessLog(AppendFile.Open("/dev/null"), null);
        AccessLogBuffer buffer = log.CreateBuffer(site.Loop);
        FakeExchange exchange = FakeExchange.Get(
            target, "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
            "Accept: */*", "Accept-Encoding: gzip, deflate, br, zstd", "If-None-Match: \"x\"");
        exchange.Keeps = false;

        // The file becomes hot; then the first round makes the log's blocks.
        site.Answer(exchange);
        Run(site, exchange, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(site, exchange, buffer);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, log.Dropped);
    }

    [Theory]
    [InlineData("Accept: */*")]
    [InlineData("Sec-Fetch-Mode: no-cors\nSec-Fetch-Dest: script\nSec-Fetch-Site: same-origin\nReferer: http://localhost/")]
    public void Learning_allocates_nothing_for_what_belongs_to_no_visit(string fields)
    {
        using var site = new SiteUnderTest { Conf = "EarlyHints learn\n" };
        site.Folder.With("index.html", new byte[1024]);
        FakeExchange exchange = FakeExchange.Get("/index.html", fields.Split('\n'));
        exchange.Keeps = false;
        site.Answer(exchange);
        RunWhole(site, exchange);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunWhole(site, exchange);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Fields_of_the_configuration_and_variables_that_are_not_set_allocate_nothing()
    {
        using var site = new SiteUnderTest
        {
            Conf = $"""
                {Variables.VariableTests.Debian}
                SetEnv LANG C
                Header always set X-Content-Type-Options nosniff
                Header set X-Frame-Options SAMEORIGIN
                Header unset ETag
                ExpiresActive On
                ExpiresDefault "access plus 1 month"
                """,
        };
        site.Folder.With("index.html", new byte[1024]);
        using var log = new Site.AccessLog.AccessLog(AppendFile.Open("/dev/null"), null);
        AccessLogBuffer buffer = log.CreateBuffer(site.Loop);
        FakeExchange exchange = FakeExchange.Get("/index.html", "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36");
        exchange.Keeps = false;
        site.Answer(exchange);
        Run(site, exchange, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(site, exchange, buffer);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(("nosniff", "SAMEORIGIN", null, "max-age=2592000"), (
            exchange.Field("X-Content-Type-Options"), exchange.Field("X-Frame-Options"), exchange.Field("ETag"), exchange.Field("Cache-Control")));
    }

    [Theory]
    [InlineData("CorsOrigin https://app.test", "https://app.test")]
    [InlineData("CorsOrigin https://*.app.test\nCorsCredentials On\nCorsExposeHeaders ETag", "https://a.app.test")]
    [InlineData(@"CorsOrigin ~^https://[a-z]+\.app\.test$", "https://a.app.test")]
    [InlineData("CorsOrigin *", "https://any.test")]
    [InlineData("CorsOrigin https://app.test", "https://evil.test")]
    public void Saying_who_may_read_it_allocates_nothing_for_the_same_origin(string conf, string origin)
    {
        using var site = new SiteUnderTest { Conf = conf + "\n" };
        site.Folder.With("index.html", new byte[1024]);
        using var log = new Site.AccessLog.AccessLog(AppendFile.Open("/dev/null"), null);
        AccessLogBuffer buffer = log.CreateBuffer(site.Loop);
        FakeExchange exchange = FakeExchange.Get("/index.html", $"Origin: {origin}");
        exchange.Keeps = false;
        site.Answer(exchange);
        Run(site, exchange, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(site, exchange, buffer);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(!origin.Contains("evil", StringComparison.Ordinal), exchange.Field("Access-Control-Allow-Origin") is not null);
    }

    private static void RunWhole(SiteUnderTest site, FakeExchange exchange)
    {
        for (int i = 0; i < Requests; i++)
        {
            exchange.Renew();
            site.Site.Start(exchange);
            site.Site.FirstHost.Hints!.Ended(exchange);
        }
    }

    private static void Run(SiteUnderTest site, FakeExchange exchange, AccessLogBuffer buffer)
    {
        for (int i = 0; i < Requests; i++)
        {
            exchange.Renew();
            site.Site.Start(exchange);
            Assert.True(exchange.IsComplete);
            buffer.Write(exchange, Host, Format);
            if (i % 50 == 49)
            {
                // The writer gives blocks back in its own time; a loop that is faster would have another one made.
                buffer.EndOfBatch(long.MaxValue);
                while (buffer.FreeBlocks == 0)
                {
                    Thread.Yield();
                }
            }
        }
    }
}
