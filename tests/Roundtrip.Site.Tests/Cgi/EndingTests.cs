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

    [Theory]
    [InlineData("GET /cgi-bin/s HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [InlineData("GET /cgi-bin/s HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n", "")]
    [InlineData("POST /cgi-bin/s HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ntext", "")]
    [InlineData("GET /cgi-bin/s HTTP/1.1\r\nHost: a\r\n\r\n", "printf 'A: b\\n\\nx'")]
    public async Task A_silent_script_ends_when_its_client_closes(string request, string begin)
    {
        using var site = new CgiSite("", ("cgi-bin/s", $"{begin}\necho $$ > \"$0.new\"; mv \"$0.new\" \"$0.pid\"\nsleep 100; sleep 100"));
        using (TcpClient client = await Ask(site, request))
        {
            await CgiSite.Until(() => File.Exists($"{site.Folder}/cgi-bin/s.pid"), "it does not run");
        }

        string pid = File.ReadAllText($"{site.Folder}/cgi-bin/s.pid").Trim();
        await CgiSite.Until(() => !IsRunning(pid), "it has not ended");
    }

    // Deviates from RFC 9112 §9.6 by choice, as nginx does for what it proxies: a half-close cannot be told from a client that has left, and only a program's work is lost by it.
    [Theory]
    [InlineData("sleep 1; printf 'A: b\\n\\nx'", false)]
    [InlineData("printf 'A: b\\n\\nx'; sleep 1; echo more", true)]
    public async Task A_client_that_ends_its_side_and_reads_on_gets_no_answer_of_a_program_or_sees_it_cut(string text, bool hasBegun)
    {
        using var site = new CgiSite("", ("cgi-bin/s", text));
        using TcpClient client = await Ask(site, "GET /cgi-bin/s HTTP/1.0\r\n\r\n");
        NetworkStream stream = client.GetStream();
        byte[] some = new byte[1000];
        if (hasBegun)
        {
            Assert.NotEqual(0, await stream.ReadAsync(some, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        client.Client.Shutdown(SocketShutdown.Send);
        if (hasBegun)
        {
            await Assert.ThrowsAsync<IOException>(async () =>
            {
                while (await stream.ReadAsync(some, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken) > 0)
                {
                }
            });
        }
        else
        {
            Assert.Equal(0, await stream.ReadAsync(some, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_client_that_ends_its_side_and_reads_on_gets_its_files()
    {
        using var site = new CgiSite("DirectoryIndex none", ("htdocs/file.txt", "text"));
        using TcpClient client = await Ask(site, "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n");
        using var reader = new StreamReader(client.GetStream());
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal(3, (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split("200 OK").Length);
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

    private static async Task<TcpClient> Ask(CgiSite site, string request = "GET /cgi-bin/s HTTP/1.1\r\nHost: a\r\n\r\n")
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
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
