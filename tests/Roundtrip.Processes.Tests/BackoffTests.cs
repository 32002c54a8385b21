namespace Roundtrip.Processes.Tests;

public class BackoffTests
{
    [Fact]
    public void The_delay_doubles_and_begins_anew_after_a_minute_of_health()
    {
        var backoff = default(Backoff);

        Assert.Equal([100, 200, 400, 100, 200], ((long[])[0, 0, 59_999, 60_000, 0]).Select(lived => backoff.Next(lived)));
    }
}
