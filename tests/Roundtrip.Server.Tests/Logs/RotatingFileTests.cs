using System.Diagnostics;
using System.Text;
using Roundtrip.Server.Logs;
using Roundtrip.Transport;

namespace Roundtrip.Server.Tests.Logs;

public sealed class RotatingFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-rotation-").FullName;
    private readonly Clock _clock = new(new DateTimeOffset(2026, 11, 25, 3, 14, 30, TimeSpan.Zero));
    private readonly List<string> _reports = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("|/usr/bin/rotatelogs /var/log/a 86400", "/var/log/a 86400 0 0 False  False False 0")]
    [InlineData("||rotatelogs -l -f -t /a.%Y 5M", "/a.%Y 0 5242880 0 True  True True 0")]
    [InlineData("|rotatelogs -lfL \"/a b\" -n 7 '/c d' 60 2K -90", "/c d 60 2048 -90 False /a b True False 7")]
    [InlineData("|rotatelogs -n3 /a 1B", "/a 0 1 0 False  False False 3")]
    public void What_rotatelogs_is_told_is_understood(string target, string expected)
    {
        if (target.Contains("-lf", StringComparison.Ordinal))
        {
            // With an offset rotatelogs refuses -l.
            Assert.False(RotationRule.TryParse(target, out _));
            target = target.Replace("-lfL", "-fL", StringComparison.Ordinal);
        }

        Assert.True(RotationRule.TryParse(target, out RotationRule? rule));
        Assert.Equal(expected, $"{rule.Path} {rule.Interval} {rule.Size} {rule.Offset} {rule.IsLocal} {rule.Link} {rule.OpensAtOnce} {rule.Truncates} {rule.Files}");
    }

    [Theory]
    [InlineData("/var/log/a")]
    [InlineData("|/bin/cat /a 5")]
    [InlineData("|$rotatelogs /a 86400")]
    [InlineData("|rotatelogs /a")]
    [InlineData("|rotatelogs -p /prog /a 86400")]
    [InlineData("|rotatelogs -n 0 /a 5")]
    [InlineData("|rotatelogs -n")]
    [InlineData("|rotatelogs /a 0")]
    [InlineData("|rotatelogs /a 5X")]
    [InlineData("|rotatelogs '/a 5")]
    public void Everything_else_is_the_programs_own_business(string target) => Assert.False(RotationRule.TryParse(target, out _));

    [Fact]
    public void A_file_is_named_after_the_interval_in_which_its_first_line_came()
    {
        using RotatingFile log = Open("a.log 3600");
        Write(log, "one\n");
        _clock.Advance(45 * 60 + 29);
        Write(log, "two\n");
        _clock.Advance(1);
        Write(log, "three\n");
        _clock.Advance(3 * 3600);
        Write(log, "four\n");

        Assert.Equal(["a.log.1795575600: one two", "a.log.1795579200: three", "a.log.1795590000: four"], Files());
    }

    [Fact]
    public void Strftime_names_it_in_the_time_zone_that_was_asked_for()
    {
        _clock.Zone = TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.FromHours(9), "here", "here");
        using (RotatingFile local = Open("l.%Y%m%d-%H%z 3600", "-l"))
        {
            Write(local, "x\n");
        }

        using (RotatingFile shifted = Open("o.%Y-%m-%d_%H:%M 86400 -240"))
        {
            Write(shifted, "x\n");
        }

        Assert.Equal(["l.20261125-12+0900: x", "o.2026-11-24_00:00: x"], Files());
    }

    [Fact]
    public void A_file_that_has_more_than_its_size_is_followed_by_another()
    {
        using RotatingFile log = Open("s 10B");
        foreach (string line in (string[])["12345\n", "1234\n", "a\n", "b\n"])
        {
            Write(log, line);
            _clock.Advance(1);
        }

        // 6 bytes before the second line; 11 before the third are more than 10; 2 before the fourth.
        Assert.Equal(["s.1795576470: 12345 1234", "s.1795576472: a b"], Files());
    }

    [Fact]
    public void N_files_are_written_in_turn()
    {
        using RotatingFile log = Open("n 1B", "-n 3");
        for (int i = 0; i < 5; i++)
        {
            Write(log, $"{i}\n");
        }

        Assert.Equal(["n: 3", "n.1: 4", "n.2: 2"], Files());
    }

    [Fact]
    public void A_truncated_file_is_emptied_in_its_place_and_at_the_start()
    {
        File.WriteAllText(Path.Combine(_folder, "t"), "old\n");
        using RotatingFile log = Open("t 3B", "-t");
        Write(log, "abc\n");
        Write(log, "d\n");

        Assert.Equal(["t: d"], Files());
    }

    [Fact]
    public void The_link_is_a_name_of_the_file_that_is_written()
    {
        File.WriteAllText(Path.Combine(_folder, "current"), "something else");
        using RotatingFile log = Open("a.%H 3600", $"-f -L {_folder}/current");
        Assert.Equal(["a.03: ", "current: "], Files());
        _clock.Advance(3600);
        Write(log, "x\n");

        Assert.Equal(["a.03: ", "a.04: x", "current: x"], Files());
    }

    [Fact]
    public void Where_the_next_file_cannot_be_made_the_former_is_written_on()
    {
        using RotatingFile log = Open("%H/a 3600");
        Directory.CreateDirectory(Path.Combine(_folder, "03"));
        Write(log, "one\n");
        _clock.Advance(3600);
        Write(log, "two\n");
        Write(log, "three\n");

        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(Path.Combine(_folder, "03/a")));
        Assert.Contains("No such file or directory", Assert.Single(_reports), StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(_folder, "04"));
        _clock.Advance(10);
        Write(log, "four\n");
        Assert.Equal("four\n", File.ReadAllText(Path.Combine(_folder, "04/a")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said_at_the_start()
    {
        Assert.True(RotationRule.TryParse($"|rotatelogs {_folder}/no/a 5", out RotationRule? rule));
        TransportException fault = Assert.Throws<TransportException>(() => RotatingFile.Open(rule, _clock, null));
        Assert.Contains("there is no folder", fault.Message, StringComparison.Ordinal);
    }

    // The same lines to Debian's program, with the clock of the machine.
    [Theory]
    [InlineData("a 86400", "")]
    [InlineData("a.%Y%m%d 86400 60", "")]
    [InlineData("a.%Y-%m-%d-%j-%U-%a 604800", "-l")]
    [InlineData("a 1M", "-n 3")]
    [InlineData("a 86400", "-t")]
    [InlineData("a 86400", "-f -L {0}/link")]
    public void The_files_are_those_of_rotatelogs(string arguments, string options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/rotatelogs"), "apache2-utils is not installed");
        options = string.Format(System.Globalization.CultureInfo.InvariantCulture, options, _folder);
        string command = $"{options} {_folder}/{arguments}";
        using (var theirs = Process.Start(new ProcessStartInfo("/usr/bin/rotatelogs", command) { RedirectStandardInput = true })!)
        {
            theirs.StandardInput.Write("one\ntwo\n");
            theirs.StandardInput.Close();
            theirs.WaitForExit();
        }

        string[] expected = Files();
        Array.ForEach(Directory.GetFiles(_folder), File.Delete);
        Assert.True(RotationRule.TryParse($"|/usr/bin/rotatelogs {command}", out RotationRule? rule));
        using (RotatingFile ours = RotatingFile.Open(rule, TimeProvider.System, null))
        {
            Write(ours, "one\ntwo\n");
        }

        Assert.Equal(expected, Files());
    }

    private RotatingFile Open(string arguments, string options = "")
    {
        Assert.True(RotationRule.TryParse($"|rotatelogs {options} {_folder}/{arguments}", out RotationRule? rule));
        return RotatingFile.Open(rule, _clock, _reports.Add);
    }

    private static void Write(RotatingFile log, string lines) => Assert.Equal(lines.Length, log.Write(Encoding.ASCII.GetBytes(lines), out _));

    private string[] Files() => [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetFileName(file)}: {string.Join(' ', File.ReadAllLines(file))}")];

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

        public override TimeZoneInfo LocalTimeZone => Zone;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(int seconds) => _now = _now.AddSeconds(seconds);
    }
}
