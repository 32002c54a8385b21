using System.Text;
using Roundtrip.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.Files;

public class CacheTests
{
    [Fact]
    public void A_small_file_is_kept_in_memory_and_a_large_one_open()
    {
        using var site = new SiteUnderTest();
        byte[] large = new byte[ResourceLoader.MaximumInMemory + 1];
        new Random(1).NextBytes(large);
        site.Folder.With("small", new byte[ResourceLoader.MaximumInMemory]).With("large", large).With("empty", "");

        Assert.Equal(ResourceLoader.MaximumInMemory, site.Get("/small").ContentSent);
        Assert.Equal(0, site.Hot.OpenFiles);
        Assert.Equal(large, site.Get("/large").Content);
        Assert.Equal(large, site.Get("/large").Content);
        Assert.Equal(1, site.Hot.OpenFiles);
        Assert.Equal((200, 0), (site.Get("/empty").Status, (int)site.Get("/empty").AnnouncedLength));
        Assert.Equal(3, site.Hot.Count);
    }

    [Fact]
    public void A_large_file_that_was_read_twice_is_kept_in_memory_too_until_it_makes_way()
    {
        using var site = new SiteUnderTest { Budget = new SharedCacheBudget(32 * 100_000) };
        byte[] large = new byte[100_000];
        new Random(1).NextBytes(large);
        site.Folder.With("large", large).With("larger", new byte[100_001]);
        NativeFile file = OpenFile(site, "/large");
        NativeFile larger = OpenFile(site, "/larger");
        for (int i = 0; i < 2; i++)
        {
            Assert.Null(file.Content);
            Assert.InRange(site.Budget.Used, 1, 10_000);
            Assert.Equal(large, site.Get("/large").Content);
            site.Get("/larger");
        }

        site.Loop.Advance(1000);
        Assert.Equal(large, site.Get("/large").Content);
        site.Get("/larger");
        Assert.Equal(large, file.Content);
        Assert.Null(larger.Content);
        Assert.InRange(site.Budget.Used, 100_000, 110_000);
        Assert.Equal((site.Budget.Used, 2, 2), (site.Hot.Memory, site.Hot.OpenFiles, site.Hot.Count));

        // Nobody asks for it any more but who still sends it, and others come.
        file.AddReference();
        for (int i = 0; i < 120; i++)
        {
            site.Folder.With($"f{i}", new byte[30_000]);
            site.Get($"/f{i}");
            Assert.InRange(site.Budget.Used, 1, 32 * 100_000);
        }

        Assert.Null(site.Hot.Find("/large"u8));
        Assert.Null(file.Content);
        file.ReleaseReference();
        site.Site.Dispose();
        Assert.Equal((0, 0), (site.Budget.Used, site.Folder.OpenFiles));
    }

    [Fact]
    public void A_large_file_that_changes_is_sent_anew_although_it_was_kept_and_is_kept_again_later()
    {
        using var site = new SiteUnderTest();
        byte[] content = new byte[100_000];
        foreach (byte version in (byte[])[1, 2])
        {
            content.AsSpan().Fill(version);
            site.Folder.With("next", content);
            File.Move(site.Folder["next"], site.Folder["f"], overwrite: true);
            NativeFile file = OpenFile(site, "/f");
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(content, site.Get("/f").Content);
                site.Loop.Advance(1000);
            }

            Assert.Equal(content, file.Content);
            Assert.InRange(site.Budget.Used, 100_000, 110_000);
        }
    }

    [Fact]
    public void A_large_file_whose_content_finds_no_room_is_sent_and_closed()
    {
        var budget = new SharedCacheBudget(32 * 100_000);
        using var first = new SiteUnderTest { Budget = budget };
        using var second = new SiteUnderTest { Budget = budget };
        byte[] large = new byte[100_000];
        first.Folder.With("large", large);
        NativeFile file = OpenFile(first, "/large");
        first.Get("/large");
        first.Get("/large");
        for (int i = 0; i < 48; i++)
        {
            second.Folder.With($"f{i}", new byte[64_000]);
            second.Get($"/f{i}");
        }

        first.Loop.Advance(1000);
        Assert.Equal(large, first.Get("/large").Content);
        Assert.Null(file.Content);
        Assert.Equal((0, 0, 0), (first.Hot.Count, first.Hot.OpenFiles, first.Folder.OpenFiles));
        Assert.Equal(large, first.Get("/large").Content);
    }

    // What the cache has open, once the file's last change is so long ago that another would be seen.
    private static NativeFile OpenFile(SiteUnderTest site, string path)
    {
        do
        {
            site.Loop.Advance(1000);
            site.Get(path);
        }
        while (site.Hot.Find(Encoding.ASCII.GetBytes(path))!.Resource.IsRacy);

        NativeFile file = site.Hot.Find(Encoding.ASCII.GetBytes(path))!.Resource.Plain.File!;
        Assert.InRange(file.BytesRead, 0, file.Length);
        return file;
    }

    [Fact]
    public void A_changed_file_is_stale_for_less_than_a_second()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "one");
        Assert.Equal("one", site.Get("/a.txt").Text);

        site.Folder.With("a.txt", "two");
        Assert.Equal("one", site.Get("/a.txt").Text);
        site.Loop.Advance(1000);
        Assert.Equal("two", site.Get("/a.txt").Text);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1000, false)]
    public void A_file_that_is_rewritten_just_while_it_is_read_is_read_again_or_sent_from_the_disk(int rewrites, bool isInMemory)
    {
        using var folder = new TempFolder();
        folder.With("f", "0");
        using var roots = new FileRoots();
        int done = 0;
        var loader = new ResourceLoader(roots)
        {
            // Longer each time, so that the time of change need not tell.
            WasRead = () =>
            {
                if (done < rewrites)
                {
                    done++;
                    File.WriteAllText(folder["f"], new string('x', done + 1));
                }
            },
        };

        Resource found = loader.TryLoad(SiteUnderTest.HostOf(folder.Path), "/f"u8, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), mayWait: true)!;

        Representation file = found.Select(FakeExchange.Get("/f").Request);
        Assert.Equal(isInMemory, file.Content is not null);
        Assert.Equal(new FileInfo(folder["f"]).Length, file.Length);
        if (isInMemory)
        {
            Assert.Equal(File.ReadAllBytes(folder["f"]), file.Content);
        }

        found.ReleaseReference();
    }

    [Fact]
    public void A_file_replaced_by_rename_is_seen_and_never_mixed_with_its_successor()
    {
        using var site = new SiteUnderTest();
        byte[] old = Enumerable.Repeat((byte)'a', 100_000).ToArray();
        byte[] next = Enumerable.Repeat((byte)'b', 100_000).ToArray();
        site.Folder.With("f", old).With("new", next);
        File.SetLastWriteTimeUtc(site.Folder["new"], File.GetLastWriteTimeUtc(site.Folder["f"]));
        Assert.Equal(old, site.Get("/f").Content);

        File.Move(site.Folder["new"], site.Folder["f"], overwrite: true);
        Assert.Equal(old, site.Get("/f").Content);
        site.Loop.Advance(1000);
        Assert.Equal(next, site.Get("/f").Content);
    }

    [Fact]
    public void A_removed_file_is_gone_and_a_new_one_is_there_at_once()
    {
        using var site = new SiteUnderTest();
        Assert.Equal(404, site.Get("/a").Status);
        site.Folder.With("a", "x");
        Assert.Equal(200, site.Get("/a").Status);

        File.Delete(site.Folder["a"]);
        site.Loop.Advance(1000);
        Assert.Equal(404, site.Get("/a").Status);
        Assert.Equal(0, site.Hot.Count);
        Assert.Equal(0, site.Budget.Used);
    }

    [Fact]
    public void A_sibling_that_appears_or_goes_is_noticed()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.js", "plain");
        Assert.Equal("plain", site.Get("/a.js", "Accept-Encoding: br").Text);

        site.Folder.With("a.js.br", "brotli");
        site.Loop.Advance(1000);
        Assert.Equal("brotli", site.Get("/a.js", "Accept-Encoding: br").Text);

        File.Delete(site.Folder["a.js.br"]);
        site.Loop.Advance(1000);
        Assert.Equal("plain", site.Get("/a.js", "Accept-Encoding: br").Text);
        Assert.Null(site.Get("/a.js").Field("Vary"));
    }

    [Fact]
    public void The_same_file_by_another_spelling_is_kept_once()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a b/c", "x");

        foreach (string target in (string[])["/a%20b/c", "//a%20b/./c", "/x/../a%20b/%63"])
        {
            Assert.Equal("x", site.Get(target).Text);
        }

        Assert.Equal(1, site.Hot.Count);
    }

    [Fact]
    public void A_name_with_a_percent_sign_is_not_found_by_its_undecoded_spelling()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a%41", "percent").With("aA", "letter");

        Assert.Equal("percent", site.Get("/a%2541").Text);
        Assert.Equal("letter", site.Get("/a%41").Text);
    }

    [Fact]
    public void The_budget_is_never_exceeded_and_old_files_make_way()
    {
        using var site = new SiteUnderTest { Budget = new SharedCacheBudget(200_000) };
        for (int i = 0; i < 20; i++)
        {
            site.Folder.With($"f{i}", new byte[30_000]);
            Assert.Equal(200, site.Get($"/f{i}").Status);
            Assert.InRange(site.Budget.Used, 1, 200_000);
        }

        Assert.InRange(site.Hot.Count, 4, 6);
        Assert.Equal(site.Budget.Used, site.Hot.Memory);
        site.Site.Dispose();
        Assert.Equal(0, site.Budget.Used);
    }

    [Fact]
    public void What_is_used_again_stays_longer()
    {
        using var site = new SiteUnderTest { Budget = new SharedCacheBudget(200_000) };
        site.Folder.With("hot", new byte[30_000]);
        site.Get("/hot");
        for (int i = 0; i < 50; i++)
        {
            site.Folder.With($"f{i}", new byte[30_000]);
            site.Get($"/f{i}");
            Assert.NotNull(site.Hot.Find("/hot"u8));
        }
    }

    [Fact]
    public void The_number_of_open_files_is_bounded()
    {
        using var site = new SiteUnderTest { MaximumOpenFiles = 3 };
        for (int i = 0; i < 10; i++)
        {
            site.Folder.With($"f{i}", new byte[70_000]);
            Assert.Equal(70_000, site.Get($"/f{i}").ContentSent);
            Assert.InRange(site.Hot.OpenFiles, 1, 3);
        }
    }

    [Fact]
    public void A_loop_that_has_more_than_its_share_gives_back_when_another_went_without()
    {
        var budget = new SharedCacheBudget(200_000);
        using var first = new SiteUnderTest { Budget = budget };
        using var second = new SiteUnderTest { Budget = budget };
        for (int i = 0; i < 6; i++)
        {
            first.Folder.With($"f{i}", new byte[30_000]);
            first.Get($"/f{i}");
        }

        second.Folder.With("g", new byte[30_000]);
        Assert.Equal(200, second.Get("/g").Status);
        Assert.Equal(0, second.Hot.Count);

        first.Loop.Advance(1000);
        first.Get("/f5");
        second.Get("/g");
        Assert.Equal(1, second.Hot.Count);
    }

    [Fact]
    public void Exchanges_that_ask_for_one_file_wait_for_one_load_and_those_that_end_are_left_alone()
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes" };
        site.Folder.With("d/x", "x");
        FakeExchange first = FakeExchange.Get("/d/");
        FakeExchange aborted = FakeExchange.Get("/d/");
        FakeExchange reused = FakeExchange.Get("/d/");
        site.Site.Start(first);
        site.Site.Start(aborted);
        site.Site.Start(reused);
        Assert.Equal(1, site.Loads.Running);
        aborted.End(EndReason.PeerReset);
        reused.End(EndReason.PeerReset);
        reused.Renew();

        site.Loop.RunUntil(() => first.IsComplete);

        Assert.Equal((200, 0, 0), (first.Status, aborted.Status, reused.Status));
        Assert.Equal(0, site.Loads.Running);
    }

    [Fact]
    public void Only_so_many_loads_run_at_a_time_and_the_rest_follow()
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes" };
        FakeExchange[] exchanges = [.. Enumerable.Range(0, 200).Select(i => FakeExchange.Get($"/d{i}/"))];
        foreach (FakeExchange exchange in exchanges)
        {
            site.Folder.With(Encoding.ASCII.GetString(exchange.Request.Path)[1..] + "x", "");
            site.Site.Start(exchange);
            Assert.InRange(site.Loads.Running, 1, LoadQueue.MaximumRunning);
        }

        site.Loop.RunUntil(() => exchanges.All(exchange => exchange.IsComplete));
        Assert.All(exchanges, exchange => Assert.Equal(200, exchange.Status));
    }

    [Fact]
    public void A_load_that_would_wait_for_the_disk_leaves_the_loop()
    {
        // The names of the siblings were never looked up in this new folder: the kernel does not know without the disk that they are missing.
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");
        FakeExchange exchange = FakeExchange.Get("/a.txt");

        site.Site.Start(exchange);

        Assert.False(exchange.IsComplete);
        Assert.Equal(1, site.Loads.Running);
        site.Loop.RunUntil(() => exchange.IsComplete);
        Assert.Equal("hello", exchange.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void A_large_error_document_is_open_once_where_it_is_kept_and_not_at_all_where_it_is_not(int maximumOpen)
    {
        using var site = new SiteUnderTest { Conf = "ErrorDocument 404 /gone.html", MaximumOpenFiles = maximumOpen };
        byte[] page = new byte[ResourceLoader.MaximumInMemory + 1];
        site.Folder.With("gone.html", page);

        // From now on the kernel knows without the disk what is there.
        site.Get("/gone.html");
        for (int i = 0; i < 5; i++)
        {
            site.Folder.With("next", page);
            File.Move(site.Folder["next"], site.Folder["gone.html"], overwrite: true);
            site.Loop.Advance(1000);
            FakeExchange missing = site.Get("/missing");
            Assert.Equal((404, page.Length), (missing.Status, (int)missing.ContentSent));
            Assert.Equal(Math.Min(1, maximumOpen), site.Folder.OpenFiles);
        }
    }

    [Fact]
    public void What_a_load_finds_for_a_site_that_has_ended_is_closed_and_takes_no_memory()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("large", new byte[ResourceLoader.MaximumInMemory + 1]);
        FakeExchange left = FakeExchange.Get("/large");
        site.Site.Start(left);
        Assert.Equal(1, site.Loads.Running);
        left.End(EndReason.PeerReset);
        Assert.True(SpinWait.SpinUntil(() => site.Folder.OpenFiles == 1, TimeSpan.FromSeconds(20)));

        site.Site.Dispose();
        site.Loop.RunUntil(() => site.Loads.Running == 0);

        Assert.Equal((0, 0), (site.Folder.OpenFiles, site.Budget.Used));
    }

    [Fact]
    public void A_large_file_rewritten_in_place_is_sent_anew_at_once()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("f", new byte[100_000]);
        site.Get("/f");

        // Until the file system's clock has moved on from the first writing.
        byte[] next = Enumerable.Repeat((byte)'n', 100_000).ToArray();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                site.Folder.With("f", next);
                return site.Get("/f").Content.AsSpan().SequenceEqual(next);
            },
            TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_file_that_may_change_within_the_same_tick_has_a_weak_tag_and_is_loaded_anew()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "one");
        site.Loop.Epoch = new DateTimeOffset(File.GetLastWriteTimeUtc(site.Folder["a.txt"])).ToUnixTimeMilliseconds() + 5;
        Assert.StartsWith("W/", site.Get("/a.txt").Field("ETag"), StringComparison.Ordinal);

        site.Loop.Advance(1000);
        Assert.StartsWith("\"", site.Get("/a.txt").Field("ETag"), StringComparison.Ordinal);
    }
}
