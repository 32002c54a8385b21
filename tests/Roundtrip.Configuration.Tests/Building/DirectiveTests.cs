using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Building;

public class DirectiveTests
{
    [Theory]
    [InlineData("Pit x", "/srv/a.conf:1: Invalid command 'Pit', perhaps misspelled or defined by a module not included in the server configuration; the nearest name is Put")]
    [InlineData("Put", "/srv/a.conf:1: Put takes one or two words")]
    [InlineData("Put a b c", "/srv/a.conf:1: Put takes one or two words")]
    [InlineData("Wrong", "/srv/a.conf:1: Wrong: wrong")]
    [InlineData("<Directory /a>\nServerOnly\n</Directory>", "/srv/a.conf:2: ServerOnly not allowed in <Directory> context: it is of the whole server, and belongs outside of all sections")]
    [InlineData("<VirtualHost *>\nServerOnly\n</VirtualHost>", "/srv/a.conf:2: ServerOnly not allowed in <VirtualHost> context: it is of the whole server, and belongs outside of all sections")]
    [InlineData("ServerAlias a", "/srv/a.conf:1: ServerAlias not allowed here: it belongs into a section")]
    [InlineData("<Put>\n</Put>", "/srv/a.conf:1: Invalid command '<Put>', perhaps misspelled or defined by a module not included in the server configuration; the nearest name is Put")]
    [InlineData("Box", "/srv/a.conf:1: Invalid command 'Box', perhaps misspelled or defined by a module not included in the server configuration; the nearest name is Box")]
    [InlineData("<Directory /a>\n<Location /b>\n</Location>\n</Directory>", "/srv/a.conf:2: <Location>: not allowed within another section (Directory)")]
    [InlineData("<Directory>\n</Directory>", "/srv/a.conf:1: <Directory>: takes a path, or ~ and a regular expression")]
    [InlineData("<FilesMatch a b>\n</FilesMatch>", "/srv/a.conf:1: <FilesMatch>: takes a regular expression")]
    [InlineData("<Else>\n</Else>", "/srv/a.conf:1: <Else>: there is no <If> or <ElseIf> before it")]
    [InlineData("<If true>\n</If>\n<Else>\n</Else>\n<Else>\n</Else>", "/srv/a.conf:5: <Else>: there is no <If> or <ElseIf> before it")]
    public void A_line_that_cannot_be_obeyed_is_an_error_with_its_place(string text, string error) => Assert.Equal([error], Builds.Errors(Builds.Text(text)));

    [Fact]
    public void Every_error_is_reported_and_the_rest_goes_on()
    {
        BuiltConfiguration built = Builds.Text("Wrong\nPut a\nWrong\n<Directory /a>\nWrong\n</Directory>");

        Assert.Equal([1, 3, 5], built.Errors.Select(error => error.Position.Line));
        Assert.Equal("a", built.Main.Settings.Get(Builds.Trace));
    }

    [Fact]
    public void A_directive_of_a_module_that_is_not_loaded_says_which() =>
        Assert.Equal(["/srv/a.conf:1: Invalid command 'Put': it belongs to test_module, which is not loaded (LoadModule test_module …)"], Builds.Errors(Builds.From("Put x")));

    [Fact]
    public void A_raw_directive_has_its_line_as_it_stands() => Assert.Equal("\"a  b\" c", Builds.Text("Raw \"a  b\" c").Main.Settings.Get(Builds.Last));

    [Fact]
    public void A_section_of_a_module_applies_its_lines_where_it_says() => Assert.Equal("a b", Builds.Text("Put a\n<Box>\nPut b\n</Box>").Main.Settings.Get(Builds.Trace));

    [Fact]
    public void What_is_said_once_is_said_where_it_is_first()
    {
        BuiltConfiguration built = Builds.Text("\nOnce\nOnce");

        Assert.Equal(["/srv/a.conf:2: once"], built.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void A_host_has_the_main_servers_settings_below_its_own()
    {
        BuiltConfiguration built = Builds.Text("Put main\n<VirtualHost *>\nPut host\n</VirtualHost>\n<VirtualHost *>\n</VirtualHost>");

        Assert.Equal("main host", built.Hosts[0].Settings.Get(Builds.Trace));
        Assert.Equal("host", built.Hosts[0].Settings.Get(Builds.Last));
        Assert.Equal("main", built.Hosts[1].Settings.Get(Builds.Last));
        Assert.Equal("main", built.Main.Settings.Get(Builds.Trace));
    }

    [Fact]
    public void A_bag_says_whether_something_was_set_and_gives_the_default_where_not()
    {
        var key = new SettingKey<int>(7);
        var bag = new SettingBag();

        Assert.Equal((7, false), (bag.Get(key), bag.Has(key)));
        bag.Set(key, 0);
        Assert.Equal((0, true), (bag.Get(key), bag.Has(key)));
        bag.Update(key, value => value + 1);
        Assert.Equal(1, SettingBag.Merge(bag, new SettingBag()).Get(key));
        Assert.Equal(1, SettingBag.Merge(new SettingBag(), bag).Get(key));
    }

    [Fact]
    public void Merging_changes_neither_of_the_two()
    {
        var key = new SettingKey<string>("", (lower, upper) => lower + upper);
        SettingBag lower = new(), upper = new();
        lower.Set(key, "a");
        upper.Set(key, "b");

        Assert.Equal("ab", SettingBag.Merge(lower, upper).Get(key));
        Assert.Equal(("a", "b"), (lower.Get(key), upper.Get(key)));
    }

    [Theory]
    [InlineData("3", 3000)]
    [InlineData("3s", 3000)]
    [InlineData("3ms", 3)]
    [InlineData("2mi", 120_000)]
    [InlineData("10min", 600_000)]
    [InlineData("1h", 3_600_000)]
    public void A_time_has_httpds_units(string text, int milliseconds) => Assert.Equal(milliseconds, Arguments.Milliseconds(text));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1d")]
    [InlineData("99999999999h")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<FormatException>(() => Arguments.Milliseconds(text));

    [Theory]
    [InlineData("10m", "10min or 10ms")]
    [InlineData("2d", "48h")]
    [InlineData("10years", "ms, s, min and h")]
    public void A_unit_that_is_none_is_told_with_what_is_right(string text, string right) =>
        Assert.Contains(right, Assert.Throws<FormatException>(() => Arguments.Milliseconds(text)).Message, StringComparison.Ordinal);
}
