using System.Text.Json;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport;

namespace Roundtrip.Site.Tests.LiveHub;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    protected override string Store => $"LiveStore sqlite:{File}";

    private string File => $"{_folder.Path}/live.db";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ids_and_history_survive_a_restart()
    {
        string first;
        using (HubSite site = await Open())
        {
            first = await site.Publish("a", "1");
            await site.Publish("a", "2", "&id=urn:2");
        }

        using HubSite again = await Open();
        Assert.Equal(["2"], await Data(again, first));
        Assert.Equal("urn:2", await again.Publish("a", "2", "&id=urn:2"));
        string third = await again.Publish("a", "3");

        Assert.Equal(first.Replace("/0", "/2", StringComparison.Ordinal), third);
        Assert.Equal(["3"], await Data(again, "urn:2"));
    }

    [Fact]
    public async Task A_history_of_nothing_goes_on_where_it_was()
    {
        string first;
        using (HubSite site = await Open("LiveHistory 0"))
        {
            first = await site.Publish("a", "1");
        }

        using HubSite again = await Open("LiveHistory 0");
        Assert.False((await Answer(again, first)).TryGetProperty("gap", out _));
        Assert.Equal(first.Replace("/0", "/1", StringComparison.Ordinal), await again.Publish("a", "2"));
    }

    [Fact]
    public async Task A_file_that_was_removed_is_another_log()
    {
        string first;
        using (HubSite site = await Open())
        {
            first = await site.Publish("a", "1");
        }

        System.IO.File.Delete(File);
        using HubSite again = await Open();
        JsonElement answer = await Answer(again, first);
        Assert.Equal("new-epoch", answer.GetProperty("gap").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Its_file_is_nobody_elses_to_read()
    {
        using HubSite site = await Open();
        await site.Publish("a", "1", "&private=on");

        Assert.All(Directory.GetFiles(_folder.Path), static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("no database", "this is a text, and long enough that it is no header of a database file at all, whatever else it may be................")]
    [InlineData("of another program", null)]
    public void A_file_that_cannot_be_used_is_said_at_the_start(string what, string? content)
    {
        if (content is not null)
        {
            System.IO.File.WriteAllText(File, content);
        }
        else
        {
            Sqlite("CREATE TABLE other (x)");
        }

        TransportException fault = Assert.Throws<TransportException>(() => new HubSite(Store));
        Assert.Contains(File, fault.Message, StringComparison.Ordinal);
        Assert.Contains(what == "no database" ? "not a database" : "something else", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_another_has_open_is_said_at_the_start()
    {
        using HubSite site = await Open();
        TransportException fault = Assert.Throws<TransportException>(() => new HubSite(Store));

        Assert.Contains("another process has it open", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said_at_the_start() =>
        Assert.Contains("not find", Assert.Throws<TransportException>(() => new HubSite($"LiveStore sqlite:{_folder.Path}/none/live.db")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_damaged_row_is_said_at_the_start()
    {
        using (HubSite site = await Open())
        {
            await site.Publish("a", "1");
        }

        Sqlite("UPDATE message SET draft = x'02'");
        Assert.Contains("damaged", Assert.Throws<TransportException>(() => new HubSite(Store)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_503_and_a_line_in_the_log_and_what_was_stored_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        string disk = Directory.CreateDirectory($"{_folder.Path}/disk").FullName;
        Command("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk);
        try
        {
            using var site = new HubSite($"LiveAnonymous On\nLiveStore sqlite:{disk}/live.db\nLiveHistory 100000");
            int stored = 0;
            while (true)
            {
                using HttpResponseMessage response = await site.Post($"topic=a&data={new string('x', 30_000)}");
                if ((int)response.StatusCode == 503)
                {
                    Assert.Equal(2, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
                    break;
                }

                Assert.Equal((200, true), ((int)response.StatusCode, ++stored < 100));
            }

            Assert.Contains("publishers are answered 503", await site.LogWith("full"), StringComparison.Ordinal);
            Assert.Equal(stored, (await Poll(site, "earliest")).Length);
            Command("mount", "-o", "remount,size=8m", disk);
            await site.Publish("a", "after");
            await site.LogWith("again");

            Assert.Equal(stored + 1, (await Poll(site, "earliest")).Length);
        }
        finally
        {
            Command("umount", disk);
        }
    }

    private static void Command(string name, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(name, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void Sqlite(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
