using System.Text;

namespace Roundtrip.Server.Tests;

public class ErrorLogTests
{
    [Fact]
    public async Task A_destination_that_takes_nothing_does_not_keep_the_log_from_ending()
    {
        using var stuck = new StuckStream();
        var log = new ErrorLog(stuck);
        log.Write(LogLevel.Error, "core", null, "nobody reads this");
        await Task.Run(log.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        stuck.Release();
    }

    [Fact]
    public void Lines_before_the_end_are_written_and_a_late_one_does_no_harm()
    {
        using var destination = new MemoryStream();
        var log = new ErrorLog(destination);
        log.Write(LogLevel.Error, "core", null, "in time");
        log.Dispose();
        log.Write(LogLevel.Error, "core", null, "late");

        string written = Encoding.UTF8.GetString(destination.ToArray());
        Assert.Contains("in time", written, StringComparison.Ordinal);
        Assert.DoesNotContain("late", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_character_cannot_forge_a_line_or_speak_to_a_terminal()
    {
        using var destination = new MemoryStream();
        var log = new ErrorLog(destination);
        log.Write(LogLevel.Info, "http", "192.0.2.1:5", "one\r\n[forged] \x1b[31m\u009b0\x7f \u00e9");
        log.Dispose();

        string line = Encoding.UTF8.GetString(destination.ToArray());
        Assert.EndsWith("one\\x0d\\x0a[forged] \\x1b[31m\\x9b0\\x7f \u00e9\n", line, StringComparison.Ordinal);
        Assert.Single(line, c => char.IsControl(c));
    }

    /// <summary>A pipe that is full and that nobody reads.</summary>
    private sealed class StuckStream : MemoryStream
    {
        private readonly ManualResetEventSlim _read = new();

        public void Release() => _read.Set();

        public override void Write(ReadOnlySpan<byte> buffer) => _read.Wait();
    }
}
