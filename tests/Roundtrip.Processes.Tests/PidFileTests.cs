using System.Globalization;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Tests;

public class PidFileTests
{
    [Fact]
    public void The_file_holds_this_process_and_goes_with_it()
    {
        using var folder = new TestFolder();
        Assert.True(PidFile.TryWrite(folder["pid"], out PidFile? file, out _));
        Assert.Equal($"{Environment.ProcessId}\n", folder.Read("pid"));
        Assert.True(PidFile.TryRead(folder["pid"], out int pid, out _));
        Assert.Equal(Environment.ProcessId, pid);
        Assert.Equal(["pid"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));

        file!.Dispose();
        Assert.False(File.Exists(folder["pid"]));
    }

    [Fact]
    public void A_file_that_is_anothers_by_now_stays()
    {
        using var folder = new TestFolder();
        Assert.True(PidFile.TryWrite(folder["pid"], out PidFile? file, out _));
        File.WriteAllText(folder["pid"], "1\n");
        file!.Dispose();

        Assert.Equal("1\n", folder.Read("pid"));
    }

    [Fact]
    public void A_process_that_has_ended_is_stale_even_before_it_is_reaped()
    {
        using var folder = new TestFolder();
        Assert.True(ChildProcess.TryStart(new ChildStart { Path = "/bin/true" }, out ChildProcess? child, out _));
        using (child)
        {
            File.WriteAllText(folder["pid"], child!.Pid.ToString(CultureInfo.InvariantCulture));
            Assert.True(PollForEnd(child));
            Assert.False(PidFile.TryRead(folder["pid"], out _, out string? error));
            Assert.EndsWith("which has ended", error, StringComparison.Ordinal);
            child.TryReap(out _);
        }

        Assert.True(PidFile.TryWrite(folder["pid"], out PidFile? file, out _));
        file!.Dispose();
    }

    [Fact]
    public void Another_program_that_has_got_the_number_is_stale()
    {
        using var folder = new TestFolder();
        using ChildProgram other = ChildProgram.Start(new ChildStart { Path = "/bin/sleep", Arguments = ["1000"] });
        File.WriteAllText(folder["pid"], other.Process.Pid.ToString(CultureInfo.InvariantCulture));
        Until.True(() => !PidFile.TryRead(folder["pid"], out _, out string? error) && error!.EndsWith("another program (sleep)", StringComparison.Ordinal), () => "not stale");
    }

    [Fact]
    public void A_second_one_of_the_same_program_is_refused()
    {
        using var folder = new TestFolder();
        using ChildProgram first = ChildProgram.Start(ChildProgram.Own("wait-for-end"));
        File.WriteAllText(folder["pid"], first.Process.Pid.ToString(CultureInfo.InvariantCulture));

        Assert.False(PidFile.TryWrite(folder["pid"], out _, out string? error));
        Assert.Equal($"{folder["pid"]}: process {first.Process.Pid} runs already", error);
    }

    [Theory]
    [InlineData(null, "does not exist: it is not running")]
    [InlineData("", "holds no process number")]
    [InlineData("-1", "holds no process number")]
    [InlineData("1x", "holds no process number")]
    public void What_cannot_be_read_is_said(string? text, string expected)
    {
        using var folder = new TestFolder();
        if (text is not null)
        {
            File.WriteAllText(folder["pid"], text);
        }

        Assert.False(PidFile.TryRead(folder["pid"], out _, out string? error));
        Assert.EndsWith(expected, error, StringComparison.Ordinal);
    }

    private static bool PollForEnd(ChildProcess child) => Descriptors.PollSet.WaitFor(child.Pidfd, Interop.Libc.PollIn, Environment.TickCount64 + 30_000);
}
