using System.Diagnostics;

namespace Roundtrip.Processes.Tests;

public class RunningThreadTests
{
    [Fact]
    public void One_that_computes_runs_and_one_that_sleeps_does_not()
    {
        using var computes = Process.Start("sh", ["-c", "while :; do :; done"]);
        using var sleeps = Process.Start("sleep", ["60"]);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => RunningThread.Is(computes.Id), 5_000));
            Assert.True(SpinWait.SpinUntil(() => !RunningThread.Is(sleeps.Id), 5_000));
        }
        finally
        {
            computes.Kill();
            sleeps.Kill();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void One_that_is_none_does_not(long number) => Assert.False(RunningThread.Is(number));
}
