using System.CommandLine;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary>A configuration file of httpd's language, read with all that it includes.</summary>
/// <param name="Files">The files that were read, in that order.</param>
internal sealed record ConfigurationFile(BuiltConfiguration Built, LoadedConfiguration Loaded, IReadOnlyList<string> Files)
{
    public const string Default = "/etc/apache2/apache2.conf";

    /// <param name="path">Its path; the folder in which it lies is where relative names begin, until ServerRoot says otherwise.</param>
    /// <exception cref="ServeException">The envvars beside it cannot be evaluated.</exception>
    public static ConfigurationFile Read(string path, IEnumerable<string> defines)
    {
        string file = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(file) ?? "/";
        var source = new DiskConfigurationSource(Envvars.Of(folder));
        LoadOptions options = new() { ServerRoot = folder, Defines = defines.ToHashSet() };
        (BuiltConfiguration built, LoadedConfiguration loaded) = SiteConfiguration.LoadWhole(source, file, options, FolderConfiguration.Resolve);
        return new ConfigurationFile(built, loaded, source.ReadFiles);
    }

    public static Option<string> FileOption(string description) => new("--config", "-c") { Description = description, HelpName = "FILE" };

    public static Option<string[]> DefineOption() => new("-D") { Description = "A name for IfDefine; may be given several times.", HelpName = "NAME", DefaultValueFactory = _ => [] };
}
