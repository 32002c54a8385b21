using System.Runtime.CompilerServices;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;

namespace Roundtrip.Site.Tests.Unbuilt;

/// <summary>Debian's own /etc/apache2 builds: as it is installed, and with each site, conf and module that it ships enabled.</summary>
public class DebianTreeTests
{
    // Until the modules of access are there, what Require knows is "all".
    private static readonly bool HasRules = Modules.All.Any(module => module.Name == "authz_host_module");

    // So with mod_logio's items.
    private static readonly bool HasOctetsSent = IsFormat("%O");

    private static readonly string[] Kinds = ["mods", "conf", "sites"];

    public static TheoryData<string> Available() =>
        [.. Kinds.SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Folder(), $"{kind}-available")).Select(file => $"{kind}-available/{Path.GetFileName(file)}")).Order()];

    [Fact]
    public void The_default_tree_has_no_error_and_warns_of_nothing_but_what_is_not_built()
    {
        BuiltConfiguration built = Build("");

        Assert.Empty(Errors(built));
        Assert.All(built.Warnings, warning => Assert.Matches("is not built|not loaded|log does not exist", warning.Message));
    }

    [Fact]
    public void A_directive_that_stands_in_many_lines_is_warned_of_once()
    {
        string[] inert = [.. Build("").Warnings.Select(warning => warning.Message).Where(message => message.Contains("does nothing here yet", StringComparison.Ordinal))];

        Assert.Equal(inert.Distinct(), inert);
    }

    [Theory]
    [MemberData(nameof(Available))]
    public void Each_available_file_can_be_enabled(string name)
    {
        string module = name.Replace(".conf", ".load", StringComparison.Ordinal);
        string load = module != name && File.Exists(Path.Combine(Folder(), module)) ? $"Include /etc/apache2/{module}\n" : "";

        // The site for TLS needs its module, as it does in httpd.
        load = name == "sites-available/default-ssl.conf" ? "Include /etc/apache2/mods-available/ssl.load\n" : load;
        string[] errors = Errors(Build($"{load}Include /etc/apache2/{name}"));

        // Debian's public_html allows .htaccess files, and what they forbid must not be served.
        Assert.Equal(name == "mods-available/userdir.conf" ? 1 : 0, errors.Length);
        Assert.All(errors, error => Assert.Contains("AllowOverride: only None is possible", error, StringComparison.Ordinal));
    }

    [Fact]
    public void All_of_it_can_be_enabled_at_once()
    {
        string[] errors = Errors(Build("Include /etc/apache2/mods-available/*.load\nInclude /etc/apache2/mods-available/*.conf\nInclude /etc/apache2/conf-available/*.conf\nInclude /etc/apache2/sites-available/*.conf"));

        Assert.Single(errors);
    }

    private static string[] Errors(BuiltConfiguration built) =>
        [.. built.Errors.Select(error => error.ToString()).Where(error => !IsOfWhatIsMissing(error))];

    private static bool IsOfWhatIsMissing(string error) =>
        (!HasRules && error.Contains("unknown rule", StringComparison.Ordinal)) || (!HasOctetsSent && error.Contains("LogFormat: '%O'", StringComparison.Ordinal));

    private static bool IsFormat(string format) => Record.Exception(() => Site.AccessLog.LogFormat.Parse(format)) is null;

    private static BuiltConfiguration Build(string more)
    {
        InMemorySource source = new InMemorySource().WithVariable("APACHE_LOG_DIR", "/var/log/apache2").WithVariable("APACHE_RUN_DIR", "/var/run/apache2")
            .WithVariable("APACHE_LOCK_DIR", "/var/lock/apache2").WithVariable("APACHE_PID_FILE", "/var/run/apache2.pid")
            .WithVariable("APACHE_RUN_USER", "www-data").WithVariable("APACHE_RUN_GROUP", "www-data");
        foreach (string file in Directory.EnumerateFiles(Folder(), "*", SearchOption.AllDirectories))
        {
            source.With($"/etc/apache2/{Path.GetRelativePath(Folder(), file)}", File.ReadAllText(file));
        }

        source.With("/etc/apache2/all.conf", $"Include /etc/apache2/apache2.conf\n{more}\n");
        return SiteConfiguration.Load(source, "/etc/apache2/all.conf", new LoadOptions(), static _ => []);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../Roundtrip.Configuration.Tests/Data/apache2"));
}
