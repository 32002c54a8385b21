using System.Globalization;
using System.Net.Sockets;

namespace Roundtrip.Peers.Tests.Cgi;

/// <summary>Scripts that fail, hang and flood, and clients that leave them.</summary>
public sealed class HostileScriptTests : IDisposable
{
    // curl: the transfer ended too soon, or by a reset.
    private static readonly int[] Cut = [18, 56];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("exit 1", "End of script output before headers")]
    [InlineData("printf 'no header\\n\\n'", "malformed header")]
    [InlineData("printf 'X-A: a\\rSet-Cookie: b\\n\\n'", "malformed header")]
    [InlineData("yes X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is longer than")]
    [InlineData("echo why not >&2; exit 3", "why not")]
    public void What_is_no_answer_is_500_and_the_log_says_why(string command, string reason)
    {
        Script("bad", $"#!/bin/sh\n{command}\n");
        using RoundtripProcess server = Serve();

        Assert.Equal("500", Status($"{server.Http}cgi-bin/bad"));
        server.UntilLogged(reason);
    }

    [Fact]
    public void A_file_that_cannot_be_run_is_500()
    {
        _folder.Write("cgi-bin/plain", "no program");
        using RoundtripProcess server = Serve();

        Assert.Equal("500", Status($"{server.Http}cgi-bin/plain"));
        server.UntilLogged("could not spawn child process");
    }

    [Fact]
    public void A_script_that_says_nothing_is_504_after_its_time_and_ends()
    {
        Script("hangs", "#!/bin/sh\necho $$ > pid\nexec sleep 600\n");
        using RoundtripProcess server = Serve("CGIScriptTimeout 1\n");

        Assert.Equal("504", Status($"{server.Http}cgi-bin/hangs"));
        UntilGone("cgi-bin/pid");
    }

    [Fact]
    public void A_script_that_stops_in_the_middle_leaves_an_answer_that_is_seen_to_be_cut()
    {
        Script("hangs", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhalf'\nexec sleep 600\n");
        using RoundtripProcess server = Serve("CGIScriptTimeout 1\n");

        Assert.Contains(Run.Program("curl", "-s", "--max-time", "20", $"{server.Http}cgi-bin/hangs").ExitCode, Cut);
    }

    [Fact]
    public void Too_little_content_for_its_length_is_seen_to_be_cut()
    {
        Script("short", "#!/bin/sh\nprintf 'Content-Length: 10\\n\\nhello'\n");
        using RoundtripProcess server = Serve();

        Assert.Contains(Run.Program("curl", "-s", "--max-time", "20", $"{server.Http}cgi-bin/short").ExitCode, Cut);
    }

    [Fact]
    public void A_silent_script_ends_when_its_client_closes_over_TLS_too()
    {
        Script("hangs", "#!/bin/sh\necho $$ > pid.new\nmv pid.new pid\nexec sleep 600\n");
        using RoundtripProcess server = Serve();

        // curl: the time is up.
        Assert.Equal(28, Run.Program("curl", "-sk", "--http1.1", "--max-time", "2", $"{server.Https}cgi-bin/hangs").ExitCode);
        UntilGone("cgi-bin/pid");
    }

    [Fact]
    public void Output_goes_out_as_it_comes()
    {
        Script("slow", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nfirst'\nuntil [ -e go ]; do sleep 0.05; done\nprintf last\n");
        using RoundtripProcess server = Serve();
        using var client = new RawClient(server.HttpPort);
        client.Send("GET /cgi-bin/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.ReadUntil("first\r\n");
        _folder.Write("cgi-bin/go", "");

        Assert.Contains("last", client.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_leaves_ends_its_script_and_what_that_started()
    {
        Script("runs", "#!/bin/sh\nsleep 600 &\necho $! > child\necho $$ > pid\nprintf 'Content-Type: text/plain\\n\\nhere'\nwait\n");
        using RoundtripProcess server = Serve();
        Visit(server, "runs", resets: true);
        UntilGone("cgi-bin/pid");
        UntilGone("cgi-bin/child");
    }

    [Fact]
    public void A_client_that_only_closes_is_missed_when_its_script_writes()
    {
        Script("writes", "#!/bin/sh\ntrap '' PIPE\necho $$ > pid\nprintf 'Content-Type: text/plain\\n\\nhere'\nwhile :; do sleep 0.1; printf more; done\n");
        using RoundtripProcess server = Serve();
        Visit(server, "writes", resets: false);
        UntilGone("cgi-bin/pid");
    }

    [Fact]
    public void A_script_that_heeds_no_signal_is_killed()
    {
        Script("stays", "#!/bin/sh\ntrap '' TERM PIPE\necho $$ > pid\nprintf 'Content-Type: text/plain\\n\\nhere'\nwhile :; do sleep 0.2; done\n");
        using RoundtripProcess server = Serve();
        Visit(server, "stays", resets: true);
        UntilGone("cgi-bin/pid");
    }

    [Fact]
    public void Five_hundred_clients_that_leave_cost_no_descriptor_and_leave_no_process()
    {
        Script("runs", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhere'\nexec sleep 600\n");
        Script("hello", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n");
        using RoundtripProcess server = Serve();
        Assert.Equal("200", Status($"{server.Http}cgi-bin/hello"));
        int before = server.DescriptorCount;
        for (int i = 0; i < 500; i++)
        {
            using var client = new RawClient(server.HttpPort);
            client.Send("GET /cgi-bin/runs HTTP/1.1\r\nHost: a\r\n\r\n");
            if (i % 2 == 0)
            {
                client.ReadUntil("here\r\n");
            }

            client.Socket.LingerState = new LingerOption(true, 0);
        }

        for (long giveUp = Environment.TickCount64 + 30_000; ChildrenOf(server.Id).Length > 0 || server.DescriptorCount > before + 2; Thread.Sleep(50))
        {
            Assert.True(Environment.TickCount64 < giveUp, $"{ChildrenOf(server.Id).Length} processes, {server.DescriptorCount - before} descriptors are left");
        }

        Assert.Equal("200", Status($"{server.Http}cgi-bin/hello"));
    }

    [Fact]
    public void A_script_is_given_no_descriptor_but_its_three()
    {
        Script("lists", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec /usr/bin/python3 -c 'import os\nfor n in range(3, 1024):\n    try: print(n, os.fstat(n))\n    except OSError: pass'\n");
        using RoundtripProcess server = Serve();

        Assert.Equal("", Run.Program("curl", "-s", "--max-time", "20", $"{server.Http}cgi-bin/lists").Text);
    }

    private static string[] ChildrenOf(int process) =>
        Run.Program("pgrep", "-P", $"{process}").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // Asks for a script, reads the beginning of its answer, and leaves.
    private static void Visit(RoundtripProcess server, string script, bool resets)
    {
        using var client = new RawClient(server.HttpPort);
        client.Send($"GET /cgi-bin/{script} HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ReadUntil("here\r\n");
        client.Socket.LingerState = new LingerOption(resets, 0);
    }

    // Ended, and reaped.
    private void UntilGone(string file)
    {
        string path = Path.Combine(_folder.Path, file);
        int id = int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
        for (long giveUp = Environment.TickCount64 + 20_000; Directory.Exists($"/proc/{id}"); Thread.Sleep(20))
        {
            Assert.True(Environment.TickCount64 < giveUp, $"process {id} still runs");
        }
    }

    private void Script(string name, string text)
    {
        _folder.Write($"cgi-bin/{name}", text);
        File.SetUnixFileMode(Path.Combine(_folder.Path, "cgi-bin", name), (UnixFileMode)0b111_101_101);
    }

    private RoundtripProcess Serve(string more = "")
    {
        _folder.Write("site.conf", $"ScriptAlias /cgi-bin/ {_folder.Path}/cgi-bin/\n{more}");
        return new RoundtripProcess(_folder.Path);
    }

    private static string Status(string address) => Run.Program("curl", "-s", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}", address).Text;

    public void Dispose() => _folder.Dispose();
}
