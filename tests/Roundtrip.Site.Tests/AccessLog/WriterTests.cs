using System.Globalization;
using System.IO.Pipes;
using System.Text.RegularExpressions;
using Roundtrip.Core;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.AccessLog;

public class WriterTests
{
    private static readonly SiteHost Host = SiteUnderTest.HostOf("/");

    [Fact]
    public void Lines_are_appended_in_order_and_flushed_at_the_end()
    {
        using var folder = new TempFolder();
        folder.With("log", "before\n");
        var loop = new FakeLoop();
        using (var log = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null))
        {
            AccessLogBuffer buffer = log.CreateBuffer(loop);
            for (int i = 0; i < 5000; i++)
            {
                buffer.Write(Ended("GET / HTTP/1.1\n", i + 1), Host, LogFormat.Parse("%s"));
            }

            buffer.EndOfLoop();
        }

        Assert.Equal(["before", .. Numbers(5000)], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void A_block_is_handed_over_when_it_is_100_ms_old_even_if_its_loop_sleeps()
    {
        using var folder = new TempFolder();
        var loop = new FakeLoop();
        using var log = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null);
        AccessLogBuffer buffer = log.CreateBuffer(loop);
        buffer.Write(Ended("GET / HTTP/1.1\n", 7), Host, LogFormat.Parse("%s"));
        loop.Advance(50);
        buffer.EndOfBatch(loop.Now);
        Assert.NotEqual(AccessLogBuffer.NothingWaits, buffer.FirstWaiting);

        loop.Advance(250);

        Assert.Equal(AccessLogBuffer.NothingWaits, buffer.FirstWaiting);
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(folder["log"]).Length > 0, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Lines_of_several_loops_stand_in_the_order_in_which_their_exchanges_ended()
    {
        const int Loops = 3;
        const int Lines = 30_000;
        using var folder = new TempFolder();
        using (var log = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null))
        {
            AccessLogBuffer[] buffers = [.. Enumerable.Range(0, Loops).Select(_ => log.CreateBuffer(new FakeLoop()))];
            var random = new Random(3);

            // One after the other, so that the order is known; handed over at different times, so that the writer must merge.
            for (int i = 0; i < Lines; i++)
            {
                int loop = random.Next(Loops);
                buffers[loop].Write(Ended("GET / HTTP/1.1\n", i + 1), Host, LogFormat.Parse("%s"));
                if (random.Next(500) == 0)
                {
                    buffers[loop].EndOfBatch(long.MaxValue);
                }
            }

            foreach (AccessLogBuffer buffer in buffers)
            {
                buffer.EndOfLoop();
            }
        }

        Assert.Equal(Numbers(Lines), File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void Loops_that_write_at_once_lose_and_break_nothing()
    {
        const int Loops = 4;
        const int Lines = 20_000;
        using var folder = new TempFolder();
        using (var log = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null))
        {
            Thread[] threads = [.. Enumerable.Range(0, Loops).Select(loop => new Thread(() =>
            {
                AccessLogBuffer buffer = log.CreateBuffer(new FakeLoop());
                FakeExchange exchange = FakeExchange.Get("/" + loop.ToString(CultureInfo.InvariantCulture));
                for (int i = 0; i < Lines; i++)
                {
                    exchange.Renew();
                    exchange.End(EndReason.Completed, i + 1);
                    buffer.Write(exchange, Host, LogFormat.Parse("%U %s"));
                    if (i % 1000 == 0)
                    {
                        buffer.EndOfBatch(long.MaxValue);
                    }
                }

                buffer.EndOfLoop();
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(0, log.Dropped);
        }

        string[] lines = File.ReadAllLines(folder["log"]);
        for (int loop = 0; loop < Loops; loop++)
        {
            Assert.Equal(
                Enumerable.Range(1, Lines).Select(i => $"/{loop} {i}"), lines.Where(line => line.StartsWith($"/{loop} ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_full_disk_costs_lines_that_are_counted_and_reported()
    {
        var reports = new List<string>();
        var log = new Site.AccessLog.AccessLog(AppendFile.Open("/dev/full"), reports.Add);
        AccessLogBuffer buffer = log.CreateBuffer(new FakeLoop());
        for (int i = 0; i < 3000; i++)
        {
            buffer.Write(Ended("GET / HTTP/1.1\n", 200), Host, LogFormat.Parse("combined"));
        }

        buffer.EndOfLoop();
        log.Dispose();

        Assert.Equal(3000, log.Dropped);
        Assert.Equal(3000, reports.Sum(Count));
        Assert.All(reports, report => Assert.Contains("No space left on device", report, StringComparison.Ordinal));
        Assert.InRange(reports.Count, 1, 2);
    }

    [Fact]
    public void A_dead_pipe_costs_lines_that_are_counted()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.ClientSafePipeHandle.Dispose();
        var reports = new List<string>();
        var log = new Site.AccessLog.AccessLog(
            AppendFile.Over((int)pipe.SafePipeHandle.DangerousGetHandle()), reports.Add);
        AccessLogBuffer buffer = log.CreateBuffer(new FakeLoop());
        buffer.Write(Ended("GET / HTTP/1.1\n", 200), Host, LogFormat.Parse("%s"));
        buffer.EndOfLoop();
        log.Dispose();

        Assert.Equal(1, log.Dropped);
        Assert.Contains("Broken pipe", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_that_nobody_reads_drops_lines_and_the_loop_goes_on()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var log = new Site.AccessLog.AccessLog(
            AppendFile.Over((int)pipe.SafePipeHandle.DangerousGetHandle()), null);
        AccessLogBuffer buffer = log.CreateBuffer(new FakeLoop());
        FakeExchange exchange = Ended("GET / HTTP/1.1\nUser-Agent: " + new string('u', 2000) + "\n", 200);

        // More than the pipe, the writer and the blocks hold together.
        for (int i = 0; i < 10_000; i++)
        {
            buffer.Write(exchange, Host, LogFormat.Parse("combined"));
        }

        Assert.InRange(log.Dropped, 1000, 9999);

        // Somebody reads again: the lines that are left come whole, and the log ends.
        var reader = new Thread(() => pipe.ClientSafePipeHandle.Close());
        reader.Start();
        buffer.EndOfLoop();
        log.Dispose();
        reader.Join();
    }

    [Fact]
    public void A_line_that_fits_no_block_is_cut_and_stays_one_line()
    {
        using var folder = new TempFolder();
        string head = "GET / HTTP/1.1\n" + string.Concat(Enumerable.Range(0, 100).Select(_ => "X: " + new string('"', 8000) + "\n"));
        using (var log = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null))
        {
            AccessLogBuffer buffer = log.CreateBuffer(new FakeLoop());
            buffer.Write(Ended("GET / HTTP/1.1\n", 1), Host, LogFormat.Parse("%s %{X}i"));
            buffer.Write(Ended(head, 2), Host, LogFormat.Parse("%s %{X}i"));
            buffer.Write(Ended("GET / HTTP/1.1\n", 3), Host, LogFormat.Parse("%s %{X}i"));
            buffer.EndOfLoop();
        }

        string[] lines = File.ReadAllLines(folder["log"]);
        Assert.Equal(["1", "2", "3"], lines.Select(line => line[..1]));
        Assert.InRange(lines[1].Length, 60_000, 65_536);
    }

    private static FakeExchange Ended(string head, int status)
    {
        var exchange = new FakeExchange(head);
        exchange.End(EndReason.Completed, status);
        return exchange;
    }

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture));

    private static long Count(string report) => long.Parse(Regex.Match(report, "^[0-9]+").Value, CultureInfo.InvariantCulture);
}
