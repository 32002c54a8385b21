using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

public class ConditionalSectionTests
{
    private static readonly LoadOptions Options = Loads.With("rewrite_module", "mpm_event_module") with
    {
        Version = new Version(2, 4, 62),
        Defines = new HashSet<string> { "D" },
        IsDirective = name => name == "ServerName",
        IsSection = name => name == "VirtualHost",
    };

    [Theory]
    [InlineData("IfModule rewrite_module", true)]
    [InlineData("IfModule mod_rewrite.c", true)]
    [InlineData("ifmodule \"mod_rewrite.c\"", true)]
    [InlineData("IfModule event.c", true)]
    [InlineData("IfModule core.c", true)]
    [InlineData("IfModule rewrite", false)]
    [InlineData("IfModule MOD_REWRITE.C", false)]
    [InlineData("IfModule mod_ssl.c", false)]
    [InlineData("IfModule !mod_ssl.c", true)]
    [InlineData("IfModule !rewrite_module", false)]
    [InlineData("IfDefine D", true)]
    [InlineData("IfDefine d", false)]
    [InlineData("IfDefine !D", false)]
    [InlineData("IfDefine !x", true)]
    [InlineData("IfFile a.conf", true)]
    [InlineData("IfFile /srv", true)]
    [InlineData("IfFile b.conf", false)]
    [InlineData("IfFile !b.conf", true)]
    [InlineData("IfDirective ServerName", true)]
    [InlineData("IfDirective Foo", false)]
    [InlineData("IfDirective !Foo", true)]
    [InlineData("IfSection VirtualHost", true)]
    [InlineData("IfSection Foo", false)]
    [InlineData("IfVersion 2.4.62", true)]
    [InlineData("IfVersion 2.4", false)]
    [InlineData("IfVersion = 2.4.62", true)]
    [InlineData("IfVersion == 2.4.61", false)]
    [InlineData("IfVersion !== 2.4.61", true)]
    [InlineData("IfVersion > 2.4", true)]
    [InlineData("IfVersion > 2.4.62", false)]
    [InlineData("IfVersion >= 2.4.62", true)]
    [InlineData("IfVersion >= 2.5", false)]
    [InlineData("IfVersion < 2.5", true)]
    [InlineData("IfVersion < 2.4.62", false)]
    [InlineData("IfVersion <= 2.4.62", true)]
    [InlineData("IfVersion <= 2.4.61", false)]
    [InlineData("IfVersion !< 2.5", false)]
    [InlineData("IfVersion = /^2\\.4\\./", true)]
    [InlineData("IfVersion /^2\\.4\\./", true)]
    [InlineData("IfVersion = /^2\\.5/", false)]
    [InlineData("IfVersion ~ ^2\\.4", true)]
    [InlineData("IfVersion !~ ^2\\.4", false)]
    [InlineData("IfVersion ~ 4\\.6$", false)]
    public void A_condition_keeps_or_drops_what_is_in_it(string condition, bool holds)
    {
        string name = condition.Split(' ')[0];
        LoadedConfiguration loaded = Loads.Text($"LoadModule rewrite_module x\nLoadModule mpm_event_module x\n<{condition}>\nA\n</{name}>\nB", Options);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(holds ? ["A", "B"] : ["B"], Loads.Tree(loaded.Nodes));
    }

    [Theory]
    [InlineData("IfModule", "<IfModule> directive requires additional arguments")]
    [InlineData("IfDefine !", "<IfDefine> directive requires additional arguments")]
    [InlineData("IfVersion x.y", "<IfVersion>: 'x.y' is not major[.minor[.patch]]")]
    [InlineData("IfVersion 1.2.3.4", "<IfVersion>: '1.2.3.4' is not major[.minor[.patch]]")]
    [InlineData("IfVersion ~= 2", "<IfVersion>: unrecognized operator '~='")]
    [InlineData("IfVersion = /2", "<IfVersion>: the delimiting / of the regular expression is missing")]
    [InlineData("IfVersion > 2 3", "<IfVersion> takes an operator and a version")]
    public void A_condition_that_cannot_be_decided_is_an_error_and_does_not_hold(string condition, string error)
    {
        LoadedConfiguration loaded = Loads.Text($"<{condition}>\nA\n</{condition.Split(' ')[0]}>");

        Assert.Equal([$"/srv/a.conf:1: {error}"], Loads.Errors(loaded));
        Assert.Empty(loaded.Nodes);
    }

    [Fact]
    public void Conditions_nest_and_lie_in_sections()
    {
        LoadedConfiguration loaded = Loads.Text(
            "<F x>\n<IfModule core.c>\nA\n<IfDefine D>\nB\n</IfDefine>\n<IfDefine !D>\nC\n<G y>\nD\n</G>\n</IfDefine>\n</IfModule>\nE\n</F>", Options);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(["F x { A; B; E }"], Loads.Tree(loaded.Nodes));
    }

    [Fact]
    public void What_is_skipped_is_not_obeyed_but_its_sections_must_match()
    {
        LoadedConfiguration loaded = Loads.Text("<IfDefine x>\nDefine y\nInclude nothing\nError no\nA ${z}\n<F\n</F>\n<G a>\n</H>\n</G>\n</IfDefine>\nB");

        Assert.Equal(["/srv/a.conf:9: Expected </G> for <G> of /srv/a.conf:8 but saw </H>"], Loads.Errors(loaded));
        Assert.Empty(Loads.Warnings(loaded));
        Assert.Equal(["B"], Loads.Tree(loaded.Nodes));
        Assert.DoesNotContain("y", loaded.Defines.Keys);
    }

    [Fact]
    public void A_define_counts_from_its_line_on()
    {
        LoadedConfiguration loaded = Loads.Text("<IfDefine x>\nA\n</IfDefine>\nDefine x\n<IfDefine x>\nB\n</IfDefine>\nUnDefine x\n<IfDefine x>\nC\n</IfDefine>");

        Assert.Equal(["B"], Loads.Tree(loaded.Nodes));
        Assert.Empty(loaded.Defines);
    }

    [Fact]
    public void A_module_that_is_not_built_in_is_warned_of_and_stays_unloaded()
    {
        LoadedConfiguration loaded = Loads.Text("LoadModule php_module x.so\nLoadFile y.so\nLoadModule rewrite_module z\nLoadModule rewrite_module z\n<IfModule php_module>\nA\n</IfModule>", Options);

        Assert.Empty(loaded.Nodes);
        Assert.Contains("rewrite_module", loaded.Modules);
        Assert.DoesNotContain("php_module", loaded.Modules);
        Assert.Equal(
            [
                "/srv/a.conf:1: Module php_module is not built in, and is not loaded",
                "/srv/a.conf:2: LoadFile is ignored: modules are built in, and need no other file",
                "/srv/a.conf:4: Module rewrite_module is already loaded, skipping",
            ],
            Loads.Warnings(loaded));
    }

    [Theory]
    [InlineData("Define", "Define takes 1-2 arguments, a name and its value")]
    [InlineData("Define a b c", "Define takes 1-2 arguments, a name and its value")]
    [InlineData("Define a:b", "Variable name must not contain ':'")]
    [InlineData("UnDefine a:b", "Variable name must not contain ':'")]
    [InlineData("LoadModule a", "LoadModule takes two arguments, a module's name and its file")]
    [InlineData("Error \"my text\"", "my text")]
    [InlineData("Error my text", "my text")]
    [InlineData("ServerRoot /nowhere", "ServerRoot must be a valid directory: /nowhere is not")]
    public void A_directive_that_cannot_be_obeyed_is_an_error(string line, string error) =>
        Assert.Equal([$"/srv/a.conf:1: {error}"], Loads.Errors(Loads.Text(line)));
}
