using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Server.Tests;

public class AcceptFailureLogTests
{
    [Fact]
    public void A_flood_of_failed_accepts_is_one_line_and_a_count()
    {
        using var destination = new MemoryStream();
        var log = new ErrorLog(destination);
        var failures = new AcceptFailureLog(() => log);
        for (int i = 0; i <= 10_000; i++)
        {
            failures.Add(EndReason.OutOfDescriptors, "Too many open files", 1_000 + i);
        }

        log.Dispose();
        string[] lines = Encoding.UTF8.GetString(destination.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, lines.Length);
        Assert.EndsWith("Too many open files", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("(10000 times since this was last said)", lines[1], StringComparison.Ordinal);
    }
}
