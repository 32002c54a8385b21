using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Tests;

public class SupervisorTests
{
    [Fact]
    public void It_serves_as_another_user_and_stops_with_exit_code_0()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "user www-data", "listen a"]).WaitForReady();
        supervised.WaitForLog("1 ok 33\n");
        int server = supervised.Ask("a");
        Assert.NotEqual(supervised.Process.Pid, server);
        Assert.Equal($"{supervised.Process.Pid}\n", supervised.Read("pid"));

        supervised.Signal(SignalNumber.Terminate);
        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
        Assert.False(File.Exists(supervised["pid"]));
        Assert.NotEqual(0, Libc.Kill(server, 0));
    }

    [Fact]
    public void The_server_has_its_standard_descriptors_its_channel_and_what_it_was_sent()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "user www-data", "listen a"]).WaitForReady();
        int server = supervised.Ask("a");
        string[] links = [.. Directory.GetFileSystemEntries($"/proc/{server}/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "")];

        // .NET's own (epoll, eventfds, pipes, files of the runtime) are there too; sockets are the channel, the listener, and the answer under way at most.
        Assert.InRange(links.Count(link => link.StartsWith("socket:", StringComparison.Ordinal)), 2, 3);
        Assert.Single(links, link => link == supervised["log"]);
        Assert.Equal("/dev/null", new FileInfo($"/proc/{server}/fd/0").LinkTarget);
        Assert.Matches(@"NoNewPrivs:\s1", File.ReadAllText($"/proc/{server}/status"));
    }

    [Fact]
    public void A_configuration_that_cannot_be_loaded_at_the_start_is_exit_code_1()
    {
        using var supervised = new SupervisedFolder(["ok", "error bad.conf:3: no such directive"]);

        Assert.Equal(1, supervised.WaitForEnd().Code);
        Assert.Equal("bad.conf:3: no such directive\n", supervised.Output);
    }

    [Fact]
    public void A_server_that_fails_at_its_first_start_is_exit_code_1_with_its_reason()
    {
        using var supervised = new SupervisedFolder(["die"]);

        Assert.Equal(1, supervised.WaitForEnd().Code);
        Assert.Matches(@"^the server \(process \d+\) ended with exit code 3\n$", supervised.Output);
    }

    [Fact]
    public void A_first_server_that_never_gets_ready_is_exit_code_1()
    {
        using var supervised = new SupervisedFolder(["silent"], "ACKNOWLEDGEMENT_MS=1500");

        Assert.Equal(1, supervised.WaitForEnd().Code);
        Assert.Contains("has not acknowledged generation 1 in 1500 ms and is killed", supervised.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_with_errors_changes_nothing()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a"]).WaitForReady();
        int server = supervised.Ask("a");
        supervised.Configure("other", "listen a", "listen b", "error bad.conf:1: no");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForOutput("bad.conf:1: no\nthe configuration is not changed\n");

        Assert.Equal(server, supervised.Ask("a"));
        Assert.DoesNotContain("other", supervised.Log, StringComparison.Ordinal);

        // What the failed load opened is closed again.
        Assert.ThrowsAny<SocketException>(() => supervised.Ask("b"));
    }

    [Fact]
    public void A_generation_that_the_server_refuses_is_given_up()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a"]).WaitForReady();
        int server = supervised.Ask("a");
        supervised.Configure("refuse", "listen a", "listen b");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForOutput("the server refused generation 2: no?[31m\ngeneration 2 is given up; the server keeps generation 1\n");

        Assert.Equal(server, supervised.Ask("a"));
        Until.True(() => Throws(() => supervised.Ask("b")), () => "b still listens");
    }

    [Fact]
    public void A_reload_reopens_the_logs_and_closes_the_old_ones_only_after_the_acknowledgement()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a", "listen b"]).WaitForReady();
        int server = supervised.Ask("a");
        supervised.WaitForLog("1 ok 0\n");
        File.Move(supervised["log"], supervised["log.1"]);
        supervised.Configure("silent", "listen a");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForLog("2 silent 0\n");

        // Not acknowledged: the supervisor holds both logs, and the listener that is not wanted any more.
        Assert.Equal(2, OpenLogs(supervised));
        Assert.Equal(server, supervised.Ask("b"));

        supervised.Configure("ok", "listen a");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForLog("3 ok 0\n");
        Until.True(() => OpenLogs(supervised) == 1, () => supervised.Output);
        Assert.Equal("1 ok 0\n", supervised.Read("log.1"));
        Assert.Equal(server, supervised.Ask("a"));
        Assert.Equal("2 silent 0\n3 ok 0\nlast 3\n", supervised.Log);
    }

    [Fact]
    public void A_server_that_dies_of_a_new_generation_goes_on_with_the_old_one()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a"]).WaitForReady();
        int server = supervised.Ask("a");
        supervised.Configure("die", "listen a");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForOutput("generation 2 is given up; the server keeps generation 1\n");
        supervised.WaitForOutput("ended with exit code 3; it is started again in");

        Assert.NotEqual(server, supervised.Ask("a"));
        // A server listens before it writes its line.
        supervised.WaitForLog("1 ok 0\n1 ok 0\n");
        Assert.Equal("1 ok 0\n1 ok 0\n", supervised.Log);
    }

    [Fact]
    public void A_killed_server_is_started_again_and_no_connection_is_refused()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "user www-data", "listen a"]).WaitForReady();
        int port = int.Parse(supervised.Read("port-a"), CultureInfo.InvariantCulture);
        bool isOver = false;
        int refused = 0;
        int connected = 0;
        var clients = new Thread[2];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
                    try
                    {
                        client.Connect(IPAddress.Loopback, port);
                        Interlocked.Increment(ref connected);
                        client.Receive(new byte[16]);
                    }
                    catch (SocketException fault)
                    {
                        // One that the killed server had accepted is reset; that is not a refusal.
                        if (fault.SocketErrorCode == SocketError.ConnectionRefused)
                        {
                            Interlocked.Increment(ref refused);
                        }
                    }
                }
            });
            clients[i].Start();
        }

        var servers = new HashSet<int>();
        for (int i = 0; i < 4; i++)
        {
            int server = supervised.Ask("a");
            Assert.True(servers.Add(server));
            SupervisedFolder.KillProcess(server);
            supervised.WaitForOutput($"the server (process {server}) ended with signal 9 (SIGKILL); it is started again in");
        }

        Assert.True(servers.Add(supervised.Ask("a")));
        Volatile.Write(ref isOver, true);
        Assert.All(clients, client => client.Join());
        Assert.True(connected > 10, $"{connected} connections");
        Assert.Equal(0, refused);
    }

    [Fact]
    public void A_server_that_ignores_the_stop_is_killed_in_time()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["stubborn", "listen a"], "STOP_MS=700").WaitForReady();
        int server = supervised.Ask("a");
        long began = Environment.TickCount64;
        supervised.Signal(SignalNumber.Terminate);

        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
        Assert.InRange(Environment.TickCount64 - began, 700, 10_000);
        Assert.Contains("has not stopped in 700 ms and is killed", supervised.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, Libc.Kill(server, 0));
    }

    [Fact]
    public void WINCH_stops_gracefully()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok"]).WaitForReady();
        supervised.Signal(SignalNumber.WindowChange);

        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
        Assert.EndsWith("graceful\n", supervised.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_ends_when_its_supervisor_is_killed()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a"]).WaitForReady();
        int server = supervised.Ask("a");
        supervised.Signal(SignalNumber.Kill);
        supervised.WaitForEnd();

        Until.True(() => !File.Exists($"/proc/{server}/stat") || Regex.IsMatch(File.ReadAllText($"/proc/{server}/stat"), @"\) Z"), () => "it goes on");
    }

    [Theory]
    [InlineData("unknown-kind", "a message of unknown kind 99")]
    [InlineData("descriptors", "descriptors that were not asked for")]
    [InlineData("oversized", "a payload of 8000 bytes, of which 1024 are allowed")]
    [InlineData("in-memory", "descriptors that were not asked for")]
    [InlineData("never-sent", "message 16 about a generation that it was not sent")]
    public void A_server_that_breaks_the_rules_does_nothing_but_end(string word, string reason)
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "listen a"]).WaitForReady();
        int before = SocketsAndChildren(supervised);
        supervised.Configure($"ok {word}", "listen a");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForOutput($"broke the rules and is killed: {reason}\n");
        supervised.Configure("ok", "listen a");
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForLog("3 ok 0\n");
        supervised.Ask("a");

        Until.True(() => SocketsAndChildren(supervised) == before, () => $"not {before} descriptors");
        supervised.Signal(SignalNumber.Terminate);
        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
    }

    [Fact]
    public void A_program_may_have_a_pipe_whose_reading_end_the_server_gets()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["start0 ok", "user www-data", "output id -u >&2"]).WaitForReady();
        supervised.WaitForLog("started 7 nothing\noutput of True 33\n");
    }

    [Fact]
    public void The_server_may_signal_its_own_programs_and_no_others()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["start0 kill", "user www-data", "output trap '' 9; echo up; exec sleep 60"]).WaitForReady();
        supervised.WaitForLog("output of True up\n");
        supervised.WaitForLog("ended 7 signal 12 (SIGUSR2)\n");
    }

    [Fact]
    public void A_signal_that_no_server_needs_is_a_broken_rule()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok", "start id -u"]).WaitForReady();
        supervised.Configure(["bad-signal", "start id -u"]);
        supervised.Signal(SignalNumber.Hangup);
        supervised.WaitForOutput("broke the rules and is killed: a kill with signal 1");
    }

    [Fact]
    public void Programs_that_cannot_be_started_are_no_broken_rule_of_the_servers()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["start-many ok", "listen a", "missing /nonexistent/program"]).WaitForReady();
        supervised.WaitForLog("start refused 149\n");
        Assert.DoesNotContain("broke the rules", supervised.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_the_generation_is_started_by_its_number_with_its_socket()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["start0 ok", "user www-data", "start id -u; exit 5"]).WaitForReady();
        supervised.WaitForLog("started 7 33\n");
        supervised.WaitForLog("ended 7 exit code 5\n");
    }

    [Fact]
    public void A_number_that_no_program_has_is_refused_and_logged()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["start9 ok", "listen a", "start id -u"]).WaitForReady();
        supervised.WaitForLog("start refused 8\n");
        supervised.WaitForOutput("the server asked for a program that is not started: number 9, of which there are 1\n");
        supervised.Ask("a");
    }

    [Fact]
    public void A_piped_log_is_fed_by_the_server_and_ends_with_its_generation()
    {
        using var folder = new TestFolder();
        using SupervisedFolder supervised = new SupervisedFolder(["ok", $"pipe |$cat >> {folder["piped"]}; echo end >> {folder["piped"]}"]).WaitForReady();
        Until.True(() => folder.Read("piped") == "piped 1\n", () => folder.Read("piped"));
        supervised.Configure("ok");
        supervised.Signal(SignalNumber.Hangup);
        Until.True(() => folder.Read("piped") == "piped 1\nend\n", () => folder.Read("piped"));

        supervised.Signal(SignalNumber.Terminate);
        Assert.True(supervised.WaitForEnd().IsSuccess, supervised.Output);
    }

    [Fact]
    public void A_second_supervisor_of_the_same_pid_file_does_not_start()
    {
        using SupervisedFolder supervised = new SupervisedFolder(["ok"]).WaitForReady();

        string output = ChildProgram.Run(ChildProgram.Own("supervisor", Path.GetDirectoryName(supervised["pid"])!));

        Assert.Equal($"{supervised["pid"]}: process {supervised.Process.Pid} runs already\n", output);
        Assert.True(File.Exists(supervised["pid"]));
    }

    private static int OpenLogs(SupervisedFolder supervised) => Directory.GetFileSystemEntries($"/proc/{supervised.Process.Pid}/fd")
        .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(supervised["log"], StringComparison.Ordinal) == true);

    // Not the files that .NET opens when it first needs them.
    private static int SocketsAndChildren(SupervisedFolder supervised) => Directory.GetFileSystemEntries($"/proc/{supervised.Process.Pid}/fd")
        .Count(fd => new FileInfo(fd).LinkTarget is { } link && (link.StartsWith("socket:", StringComparison.Ordinal) || link.Contains("pidfd", StringComparison.Ordinal)));

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return true;
        }
    }
}
