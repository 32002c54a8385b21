using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Tests;

public class ChildProcessTests
{
    private static ChildStart Shell(string script) => new() { Path = "/bin/sh", Arguments = ["-c", script] };

    [Fact]
    public void A_child_has_exactly_the_descriptors_that_are_listed()
    {
        (OwnedDescriptor one, OwnedDescriptor other) = DescriptorPair.Pipe();
        using (one)
        using (other)
        {
            // Crossed, so that one's target is the other's source, and with a gap.
            ChildStart start = Shell("ls /proc/$$/fd") with { Descriptors = [new(one, other.Number), new(other, one.Number), new(one, 40)] };
            int[] expected = [0, 1, 2, one.Number, other.Number, 40];

            Assert.Equal(expected.Order(), Numbers(ChildProgram.Run(start)));
        }
    }

    [Fact]
    public unsafe void A_listener_without_close_on_exec_reaches_neither_child_nor_grandchild()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = Libc.Fcntl(listener.SafeHandle, Libc.FSetfd, 0);

        string output = ChildProgram.Run(Shell("ls -l /proc/$$/fd; /bin/sh -c 'ls -l /proc/$$/fd; true'"));

        Assert.DoesNotContain("socket:", output, StringComparison.Ordinal);
        Assert.Contains("/dev/null", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_that_is_taken_over_closes_on_exec()
    {
        using OwnedDescriptor standard = OwnedDescriptor.StandardError.Duplicate();
        int bare = standard.Release();
        _ = Libc.Fcntl(bare, Libc.FSetfd, 0);
        using OwnedDescriptor owned = OwnedDescriptor.Own(bare);

        Assert.Equal(Libc.FdCloexec, Libc.Fcntl(owned, Libc.FGetfd, 0));
    }

    [Fact]
    public void No_signal_is_ignored_or_blocked_in_a_child()
    {
        string output = ChildProgram.Run(new ChildStart { Path = "/bin/grep", Arguments = ["Sig", "/proc/self/status"] });

        Assert.Matches(@"SigBlk:\s0000000000000000", output);
        Assert.Matches(ChildProgram.NoneIgnored, output);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void No_new_privileges_is_the_childs_and_not_ours(bool isWanted, int expected)
    {
        ChildStart start = new() { Path = "/bin/grep", Arguments = ["NoNewPrivs", "/proc/self/status"], HasNoNewPrivileges = isWanted };

        Assert.Matches($@"NoNewPrivs:\s{expected}", ChildProgram.Run(start));
        Assert.Contains(Users.Privileges.Describe(), thread => !thread.HasNoNewPrivileges);
    }

    [Fact]
    public void A_child_has_its_folder_environment_and_session()
    {
        string output = ChildProgram.Run(Shell("pwd; echo $A; cut -d' ' -f6 /proc/$$/stat; echo $$") with { WorkingDirectory = "/usr", Environment = ["A=b c"] });
        string[] lines = output.Split('\n');

        Assert.Equal(["/usr", "b c"], lines[..2]);
        Assert.Equal(lines[3], lines[2]);
    }

    [Fact]
    public void An_exit_code_and_a_signal_are_told_apart()
    {
        using ChildProgram exits = ChildProgram.Start(Shell("exit 7"));
        Assert.Equal(new ExitStatus(7, 0, false), exits.WaitForEnd());

        using ChildProgram waits = ChildProgram.Start(Shell("kill -USR1 $$"));
        Assert.Equal("signal 10 (SIGUSR1)", waits.WaitForEnd().ToString());
    }

    [Fact]
    public void A_process_that_has_ended_is_not_signalled()
    {
        using ChildProgram ended = ChildProgram.Start(Shell("true"));
        Assert.True(ended.WaitForEnd().IsSuccess);

        Assert.False(ended.Process.Kill(SignalNumber.Kill));
    }

    [Fact]
    public void A_reap_that_comes_too_early_has_nothing()
    {
        using ChildProgram waits = ChildProgram.Start(new ChildStart { Path = "/bin/sleep", Arguments = ["1000"] });

        Assert.False(waits.Process.TryReap(out _));
        Assert.False(waits.Process.TryReap(TimeSpan.FromMilliseconds(20), out _));
        Assert.True(waits.Process.Kill(SignalNumber.Terminate));
        Assert.Equal(SignalNumber.Terminate, waits.WaitForEnd().Signal);
    }

    [Theory]
    [InlineData("/nowhere/program", null, "the program /nowhere/program does not exist")]
    [InlineData("/bin/true", "/nowhere", "the folder /nowhere to start /bin/true in does not exist")]
    [InlineData("/etc/passwd", null, "the program /etc/passwd cannot be started: Permission denied")]
    public void A_start_that_fails_says_why(string path, string? folder, string text)
    {
        Assert.False(ChildProcess.TryStart(new ChildStart { Path = path, WorkingDirectory = folder }, out _, out SystemError? error));
        Assert.Equal(text, error!.Text);
        Assert.Equal("posix_spawn", error.Call);
    }

    [Fact]
    public void An_argument_with_a_NUL_is_a_callers_bug() =>
        Assert.Throws<ArgumentException>(() => ChildProcess.TryStart(new ChildStart { Path = "/bin/true", Arguments = ["a\0b"], HasNoNewPrivileges = true }, out _, out _));

    [Fact]
    public void A_hundred_children_leave_no_descriptor_behind()
    {
        Cycle();
        int before = OpenDescriptors.Count();
        for (int i = 0; i < 100; i++)
        {
            Cycle();
        }

        Assert.Equal(before, OpenDescriptors.Count());

        static void Cycle()
        {
            var start = new ChildStart { Path = "/bin/true", Descriptors = [new(OwnedDescriptor.StandardError, 7)] };
            Assert.True(ChildProcess.TryStart(start, out ChildProcess? child, out _));
            using (child)
            {
                Assert.True(child!.TryReap(TimeSpan.FromSeconds(30), out ExitStatus status));
                Assert.True(status.IsSuccess);
            }

            Assert.False(ChildProcess.TryStart(start with { Path = "/nowhere" }, out _, out _));
        }
    }

    [Theory]
    [InlineData(0x1A0)]
    [InlineData(0x1B6)]
    public void A_new_log_has_the_mode_that_is_asked_for_and_an_old_one_keeps_its_own(uint mode)
    {
        using var folder = new TestFolder();
        Assert.True(OwnedDescriptor.TryOpenAppend(folder["log"], mode, group: 4, out OwnedDescriptor? log, out _));
        log!.Dispose();
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(folder["log"]));

        Assert.True(OwnedDescriptor.TryOpenAppend(folder["log"], 0x180, null, out log, out _));
        log!.Dispose();
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(folder["log"]));
        Assert.False(OwnedDescriptor.TryOpenAppend("/nowhere/log", mode, null, out _, out SystemError? error));
        Assert.Equal("open /nowhere/log: No such file or directory", error!.Text);
    }

    private static IEnumerable<int> Numbers(string output) => Regex.Matches(output, @"\d+").Select(match => int.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)).Order();
}
