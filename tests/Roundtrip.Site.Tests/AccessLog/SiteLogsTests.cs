using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Server;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.AccessLog;

/// <summary>How long the logs of a configuration stay open.</summary>
public class SiteLogsTests
{
    [Fact]
    public void A_reload_opens_logs_anew_and_the_former_ones_are_closed_with_all_their_lines_when_the_last_loop_has_left_them()
    {
        const int Reloads = 5;
        using var folder = new TempFolder();
        SiteLoop[] serving = [];
        for (int i = 0; i <= Reloads; i++)
        {
            if (i > 0)
            {
                File.Move(folder["error"], folder[$"moved{i - 1}"]);
            }

            SiteSnapshot next = Make(folder, i);
            SiteLoop[] former = serving;
            serving = [new SiteLoop(next, new FakeLoop()), new SiteLoop(next, new FakeLoop())];
            foreach (SiteLoop loop in former)
            {
                // One loop after the other: what is under way on the last one still has its logs.
                Assert.True(folder.OpenFiles >= 8);
                loop.LogOf(new FakeConnection(), null).Write(LogLevel.Error, "core", null, $"late {i - 1}");
                loop.EndOfLoop();
                loop.Dispose();
            }

            Assert.True(SpinWait.SpinUntil(() => folder.OpenFiles == 4, TimeSpan.FromSeconds(20)), $"{folder.OpenFiles} are open after {i} reloads");
        }

        Array.ForEach(serving, loop => loop.Dispose());
        Assert.True(SpinWait.SpinUntil(() => folder.OpenFiles == 0, TimeSpan.FromSeconds(20)));
        for (int i = 0; i < Reloads; i++)
        {
            Assert.Equal([$"late {i}", $"late {i}"], File.ReadAllLines(folder[$"moved{i}"]));
        }

        Assert.Empty(File.ReadAllText(folder["error"]));
    }

    // Two error logs and two access logs, of which one is each configuration's own.
    private static SiteSnapshot Make(TempFolder folder, int number)
    {
        BuiltConfiguration built = SiteConfiguration.Load(
            new InMemorySource().With("/srv/a.conf", $"""
                ErrorLog {folder[$"error{number}"]}
                ErrorLogFormat %M
                CustomLog {folder[$"access{number}"]} combined
                <VirtualHost *:*>
                ServerName a.example
                ErrorLog {folder["error"]}
                CustomLog {folder["access"]} combined
                </VirtualHost>
                """),
            "/srv/a.conf",
            new LoadOptions { ServerRoot = "/srv" },
            static _ => []);
        Assert.Empty(built.Errors);
        return new SiteSnapshot(built, new SiteLogs(AppendFile.Open, null), new SiteServices());
    }
}
