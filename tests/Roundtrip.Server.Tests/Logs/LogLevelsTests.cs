using Roundtrip.Server.Logs;

namespace Roundtrip.Server.Tests.Logs;

public class LogLevelsTests
{
    [Theory]
    [InlineData("warn", "core", LogLevel.Warn, true)]
    [InlineData("warn", "core", LogLevel.Notice, false)]
    [InlineData("warn ssl:info", "ssl", LogLevel.Info, true)]
    [InlineData("warn ssl:info", "core", LogLevel.Info, false)]
    [InlineData("info mod_ssl.c:error", "ssl", LogLevel.Warn, false)]
    [InlineData("ssl_module:trace3", "ssl", LogLevel.Trace3, true)]
    [InlineData("ssl_module:trace3", "ssl", LogLevel.Trace4, false)]
    [InlineData("ssl:debug warn", "ssl", LogLevel.Info, false)]
    [InlineData("EMERG", "core", LogLevel.Alert, false)]
    public void A_line_below_its_level_is_not_made(string words, string module, LogLevel level, bool expected) =>
        Assert.Equal(expected, LogLevels.Unset.With(words.Split(' ')).Allows(module, level));

    [Fact]
    public void An_inner_scope_says_what_it_says_and_leaves_the_rest()
    {
        LogLevels outer = LogLevels.Unset.With(["error", "ssl:debug", "http:info"]);
        var merged = LogLevels.Merge(outer, LogLevels.Unset.With(["warn", "http:crit"]));

        Assert.True(merged.Allows("core", LogLevel.Warn));
        Assert.True(merged.Allows("ssl", LogLevel.Debug));
        Assert.False(merged.Allows("http", LogLevel.Error));
        Assert.False(LogLevels.Merge(outer, LogLevels.Unset.With(["ssl:info"])).Allows("core", LogLevel.Warn));
    }

    [Fact]
    public void What_is_no_level_is_said_in_httpds_words()
    {
        FormatException fault = Assert.Throws<FormatException>(() => LogLevels.Unset.With(["loud"]));
        Assert.StartsWith("Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/", fault.Message, StringComparison.Ordinal);
    }
}
