using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Tests;

public class PrivilegesTests
{
    [Theory]
    [InlineData("33:33:33")]
    [InlineData("33:33:4,33")]
    [InlineData("54321:54322:")]
    public void Every_thread_gives_up_its_rights_while_threads_come_and_go(string identity)
    {
        using ChildProgram program = ChildProgram.Start(ChildProgram.Own("drop", identity), withErrors: true);

        Assert.True(program.WaitForEnd().IsSuccess, program.Output);
        Assert.Equal("threads True kept 0\n", program.Output);
    }

    [Theory]
    [InlineData("0:33:33")]
    [InlineData("33:0:33")]
    [InlineData("33:33:0,33")]
    public void Root_is_nobody_to_become(string identity)
    {
        Assert.True(Identity.TryParse(identity, out Identity? root));
        Assert.Throws<ProcessException>(() => Privileges.Drop(root!));
    }

    [Fact]
    public void A_program_is_run_as_another_user_without_ignored_signals_or_a_way_back()
    {
        ChildStart own = ChildProgram.Own();
        var launch = new LaunchAs(own.Path, [.. own.Arguments, "launch-as"]);
        var script = new ChildStart { Path = "/bin/sh", Name = "sh", Arguments = ["-c", "id -u; id -g; id -G; grep -E 'SigIgn|NoNew|CapEff' /proc/self/status"] };

        string output = ChildProgram.Run(launch.Wrap(script, new Identity(33, 34, [34, 35])) with { HasNoNewPrivileges = true });

        Assert.StartsWith("33\n34\n34 35\n", output, StringComparison.Ordinal);
        Assert.Matches(ChildProgram.NoneIgnored, output);
        Assert.Matches(@"NoNewPrivs:\s1", output);
        Assert.Matches(@"CapEff:\s0{16}", output);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_exit_code_127()
    {
        ChildStart own = ChildProgram.Own();
        using ChildProgram program = ChildProgram.Start(
            new LaunchAs(own.Path, [.. own.Arguments, "launch-as"]).Wrap(new ChildStart { Path = "/nowhere" }, new Identity(33, 33, [33])), withErrors: true);

        Assert.Equal(127, program.WaitForEnd().Code);
        Assert.Equal("execve /nowhere: No such file or directory\n", program.Output);
    }

    [Fact]
    public void A_user_is_found_by_name_and_by_number()
    {
        Assert.True(UserDatabase.TryFind("daemon", null, out Identity? byName, out _));
        Assert.True(UserDatabase.TryFind("#1", null, out Identity? byNumber, out _));
        Assert.Equal(byName!.ToString(), byNumber!.ToString());
        Assert.Equal((1u, 1u), (byName.UserId, byName.GroupId));
        Assert.Contains(1u, byName.Groups);
    }

    [Fact]
    public void A_group_is_found_by_name_and_by_number()
    {
        Assert.True(UserDatabase.TryFind("daemon", "adm", out Identity? byName, out _));
        Assert.True(UserDatabase.TryFind("daemon", "#4", out Identity? byNumber, out _));
        Assert.Equal(4u, byName!.GroupId);
        Assert.Equal(byName.ToString(), byNumber!.ToString());
    }

    [Theory]
    [InlineData("no-such-user", null, "there is no user no-such-user")]
    [InlineData("#4294967295", null, "there is no user #4294967295")]
    [InlineData("daemon", "no-such-group", "there is no group no-such-group")]
    [InlineData("#54321", null, "the user #54321 is not in the database, so its group must be named")]
    public void Whoever_is_not_there_is_named(string user, string? group, string text)
    {
        Assert.False(UserDatabase.TryFind(user, group, out _, out string? error));
        Assert.Equal(text, error);
    }

    [Theory]
    [InlineData("1:2:3,4", true)]
    [InlineData("1:2:", true)]
    [InlineData("1:2", false)]
    [InlineData("1:2:x", false)]
    [InlineData("-1:2:3", false)]
    [InlineData("4294967295:2:3", false)]
    public void An_identity_is_read_as_it_is_written(string text, bool isOne)
    {
        Assert.Equal(isOne, Identity.TryParse(text, out Identity? identity));
        Assert.Equal(isOne ? text : null, identity?.ToString());
    }
}
