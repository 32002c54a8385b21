using System.Net;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Site.Tests.Cgi.Support;

namespace Roundtrip.Site.Tests.Cgi;

/// <summary>Whose client has left ends, and leaves nothing behind.</summary>
[Collection("alone")]
public sealed class EndingTests
{
    [Theory]
    [InlineData("sleep 100 & echo $! > \"$0.pid\"\nprintf 'A: b\\n\\nx'\nwait")]
    [InlineData("(trap '' TERM; sleep 100; sleep 100) & echo $! > \"$0.pid\"\nprintf 'A: b\\n\\nx'\nwait")]
    [InlineData("(trap '' TERM; sleep 100; sleep 100) & echo $! > \"$0.pid\"\nprintf 'A: b\\n\\nx'")]
    [InlineData("trap '' TERM\necho $$ > \"$0.pid\"\nprintf 'A: b\\n\\nx'\nsleep 100; sleep 100")]
    public async Task The_script_and_its_children_end_with_their_client(string text)
    {
        using var site = new CgiSite("", ("cgi-bin/s", text));
        using (TcpClient client = await Ask(site))
        {
            byte[] some = new byte[100];
            Assert.NotEqual(0, await client.GetStream().ReadAsync(some, TestContext.Current.CancellationToken));
            client.Client.LingerState = new LingerOption(true, 0);
        }

        string pid = File.ReadAllText($"{site.Folder}/cgi-bin/s.pid").Trim();
        await CgiSite.Until(() => !IsRunning(pid), "it has not ended");
    }

    [Fact]
    public async Task Five_hundred_aborted_requests_leave_no_process_and_no_descriptor()
    {
        using var site = new CgiSite("MaxRequestWorkers 40", ("cgi-bin/s", $"printf 'A: b\\n\\nx'\nsleep 1000.25"));
        // Of servers that other tests have ended before their scripts were reaped.
        int zombies = Sleeping();
        using (TcpClient first = await Ask(site))
        {
            // What the program loads for its first script is no leak of the others.
            Assert.NotEqual(0, await first.GetStream().ReadAsync(new byte[100], TestContext.Current.CancellationToken));

            // A client that only closes its side may still be reading; one that resets has left.
            first.Client.LingerState = new LingerOption(true, 0);
        }

        await CgiSite.Until(() => Sleeping() <= zombies, "a script is left");
        int descriptors = Descriptors();
        for (int round = 0; round < 10; round++)
        {
            List<TcpClient> clients = [];
            for (int i = 0; i < 50; i++)
            {
                clients.Add(await Ask(site));
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
            foreach (TcpClient client in clients)
            {
                client.Client.LingerState = new LingerOption(true, 0);
                client.Dispose();
            }
        }

        await CgiSite.Until(() => Sleeping() <= zombies && Descriptors() <= descriptors, $"{Sleeping()} scripts, {Descriptors()} of {descriptors} descriptors are left");
    }

    // Pipes, sockets and pidfds: the runtime opens files of its own when it likes.
    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Count(static file => new FileInfo(file).LinkTarget is { } target && target[0] != '/');

    private static async Task<TcpClient> Ask(CgiSite site)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes("GET /cgi-bin/s HTTP/1.1\r\nHost: a\r\n\r\n"), TestContext.Current.CancellationToken);
        return client;
    }

    // A zombie of which nobody is the parent any more has ended.
    private static bool IsRunning(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Children of this process, zombies among them, and what sleeps as the script does.
    private static int Sleeping() => Directory.GetDirectories("/proc").Count(static folder =>
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").Contains("sleep\u00001000.25", StringComparison.Ordinal)
                || (File.Exists($"{folder}/stat") && File.ReadAllText($"{folder}/stat").Contains($") Z {Environment.ProcessId} ", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
