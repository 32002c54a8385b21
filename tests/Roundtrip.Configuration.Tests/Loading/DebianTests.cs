using System.Runtime.CompilerServices;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Syntax;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

/// <summary>Debian's own /etc/apache2, as its package apache2 installs it, with the links of mods-, conf- and sites-enabled.</summary>
public class DebianTests
{
    private static readonly Dictionary<string, string> Envvars = new()
    {
        ["APACHE_RUN_USER"] = "www-data",
        ["APACHE_RUN_GROUP"] = "www-data",
        ["APACHE_PID_FILE"] = "/var/run/apache2/apache2.pid",
        ["APACHE_RUN_DIR"] = "/var/run/apache2",
        ["APACHE_LOCK_DIR"] = "/var/lock/apache2",
        ["APACHE_LOG_DIR"] = "/var/log/apache2",
    };

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../Data/apache2");

    private static DiskSource Source() => new(Folder(), "/etc/apache2", Envvars);

    private static HashSet<string> Modules(string pattern) => [.. Directory.EnumerateFiles(Path.Combine(Folder(), pattern), "*.load")
        .SelectMany(File.ReadLines).Select(line => Words.Split(line)).Where(words => words is ["LoadModule", ..]).Select(words => words[1])];

    [Fact]
    public void The_whole_tree_loads_without_error_or_warning()
    {
        var options = new LoadOptions { BuiltInModules = Modules("mods-available") };
        LoadedConfiguration loaded = ConfigurationLoader.Load(Source(), "/etc/apache2/apache2.conf", options);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Empty(Loads.Warnings(loaded));
        Assert.Superset(Modules("mods-enabled"), loaded.Modules.ToHashSet());
        Assert.Contains(loaded.Nodes, node => node.Is("Listen") && node.RawArguments == "80" && node.Position.File == "/etc/apache2/ports.conf");
        Assert.Contains(loaded.Nodes, node => node is SectionNode { Name: "VirtualHost", RawArguments: "*:80" });
        Assert.Contains(loaded.Nodes, node => node.Is("ErrorLog") && node.RawArguments == "/var/log/apache2/error.log");
    }

    [Fact]
    public void Every_available_file_loads_without_error()
    {
        var options = new LoadOptions { BuiltInModules = Modules("mods-available") };
        foreach (string folder in (string[])["mods-available", "conf-available", "sites-available"])
        {
            LoadedConfiguration loaded = ConfigurationLoader.Load(
                new Everything(Source(), $"Include /etc/apache2/{folder}/*"), "/all", options);

            Assert.Empty(Loads.Errors(loaded));
            Assert.NotEmpty(loaded.Nodes);
        }
    }

    [Fact]
    public void A_recording_of_it_loads_the_same()
    {
        var options = new LoadOptions { BuiltInModules = Modules("mods-available") };
        var recording = new RecordingSource(Source());
        LoadedConfiguration first = ConfigurationLoader.Load(recording, "apache2.conf", options);
        LoadedConfiguration second = ConfigurationLoader.Load(ReplayedSource.FromBytes(recording.ToBytes())!, "apache2.conf", options);

        Assert.Empty(second.Errors);
        Assert.Equal(Loads.Tree(first.Nodes), Loads.Tree(second.Nodes));
    }

    /// <summary>A source with one more file, /all.</summary>
    private sealed class Everything(IConfigurationSource source, string text) : IConfigurationSource
    {
        public FileText Read(string path) => path == "/all" ? new FileText(text) : source.Read(path);

        public PathKind KindOf(string path) => source.KindOf(path);

        public DirectoryNames List(string path) => source.List(path);

        public string? Variable(string name) => source.Variable(name);
    }
}
