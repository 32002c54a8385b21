using System.Text;
using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Tests;

public class PipedProgramTests
{
    [Theory]
    [InlineData("|/bin/cat", "/bin/cat")]
    [InlineData("|/usr/bin/rotatelogs -l /var/log/a.%Y 86400", "/usr/bin/rotatelogs|-l|/var/log/a.%Y|86400")]
    [InlineData("||/bin/cat  -u\t-v ", "/bin/cat|-u|-v")]
    [InlineData("|\"/a b/c\" 'd \"e' f\\ g \"\"", "/a b/c|d \"e|f g|")]
    [InlineData("|$cat | gzip > \"/a b\"", "/bin/sh|-c|cat | gzip > \"/a b\"")]
    public void Each_of_httpds_forms_is_a_program(string text, string words)
    {
        Assert.True(PipedCommand.TryParse(text, out PipedCommand? command, out _));
        Assert.Equal(words, string.Join('|', [command!.Program, .. command.Arguments]));
    }

    [Theory]
    [InlineData("/bin/cat", "a piped program begins with |")]
    [InlineData("|", "| needs a program")]
    [InlineData("|$", "|$ needs a command")]
    [InlineData("|/bin/cat 'a", "a quote of the piped program is not closed")]
    public void What_is_no_program_is_said(string text, string expected)
    {
        Assert.False(PipedCommand.TryParse(text, out PipedCommand? command, out string? error));
        Assert.Null(command);
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_program_that_is_killed_is_started_again_and_every_line_arrives()
    {
        using var folder = new TestFolder();
        var lines = new List<string>();
        using PipedProgram program = Start($"|$while read line; do echo $line >> {folder["out"]}; done", lines.Add);
        for (int i = 0; i < 5; i++)
        {
            Write(program, $"line {i} a\n");
            Until.True(() => folder.Read("out").EndsWith($"line {i} a\n", StringComparison.Ordinal), () => folder.Read("out"));
            int pid = program.Pid!.Value;
            Assert.Equal(0, Libc.Kill(pid, SignalNumber.Kill));
            Drive(program, () => program.Pid is null);
            Write(program, $"line {i} b\n");
            Drive(program, () => program.Pid is not null);
            Assert.NotEqual(pid, program.Pid);
        }

        program.Stop(Environment.TickCount64);
        Drive(program, () => program.HasEnded);

        Assert.Equal(string.Concat(Enumerable.Range(0, 5).Select(i => $"line {i} a\nline {i} b\n")), folder.Read("out"));
        Assert.Equal(5, lines.Count);
        Assert.EndsWith("ended with signal 9 (SIGKILL); it is started again in 100 ms", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|$cat > /dev/null; touch {0}", true)]
    [InlineData("|$trap 'touch {0}; exit' TERM; while :; do sleep 0.01; done", true)]
    [InlineData("|$trap '' TERM; while :; do sleep 0.01; done", false)]
    public void The_pipes_end_then_TERM_then_KILL_ends_it(string command, bool isOrderly)
    {
        using var folder = new TestFolder();
        using PipedProgram program = Start(string.Format(System.Globalization.CultureInfo.InvariantCulture, command, folder["ended"]), _ => { }, grace: 300);
        program.Stop(Environment.TickCount64);
        Assert.True(program.Writer.IsClosed);
        Drive(program, () => program.HasEnded);

        Assert.Equal(isOrderly, File.Exists(folder["ended"]));
    }

    [Fact]
    public void A_program_that_cannot_be_started_at_first_is_an_error()
    {
        var command = new PipedCommand("/nowhere/rotatelogs", []);

        Assert.False(PipedProgram.TryStart(command, OwnedDescriptor.StandardError, _ => { }, 100, 0, out _, out SystemError? error));
        Assert.Equal("the program /nowhere/rotatelogs does not exist", error!.Text);
    }

    private static PipedProgram Start(string text, Action<string> log, long grace = 5000)
    {
        Assert.True(PipedCommand.TryParse(text, out PipedCommand? command, out _));
        Assert.True(PipedProgram.TryStart(command!, OwnedDescriptor.StandardError, log, grace, Environment.TickCount64, out PipedProgram? program, out _));
        return program!;
    }

    // As a supervisor's loop does.
    private static void Drive(PipedProgram program, Func<bool> until) => Until.True(
        () =>
        {
            program.Advance(Environment.TickCount64);
            return until();
        },
        () => $"pid {program.Pid}, deadline {program.NextDeadline}");

    private static unsafe void Write(PipedProgram program, string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line);
        fixed (byte* first = bytes)
        {
            Assert.Equal(bytes.Length, Libc.Write(program.Writer, first, bytes.Length));
        }
    }
}
