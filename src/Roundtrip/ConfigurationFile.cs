using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Processes.Spawning;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary>A configuration file in httpd's language, as the command line names it.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Defines">The names of <c>-D</c>.</param>
internal sealed record ConfigurationFile(string Path, IReadOnlyList<string> Defines)
{
    private static readonly TimeSpan ShellLimit = TimeSpan.FromSeconds(10);

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The files as they are on the disk, with the variables of the environment, and those of <c>envvars</c> beside the file where Debian's layout has one.</summary>
    /// <exception cref="ServeException">envvars cannot be evaluated.</exception>
    public DiskConfigurationSource OpenSource()
    {
        string file = System.IO.Path.Combine(Folder, "envvars");
        if (!File.Exists(file))
        {
            return new DiskConfigurationSource(Environment.GetEnvironmentVariable);
        }

        Dictionary<string, string> variables = Evaluate(file);
        return new DiskConfigurationSource(name => variables.TryGetValue(name, out string? value) ? value : Environment.GetEnvironmentVariable(name));
    }

    public BuiltConfiguration Load(IConfigurationSource source) => LoadWhole(source).Built;

    /// <summary>With the tree that it was built of.</summary>
    public (BuiltConfiguration Built, LoadedConfiguration Tree) LoadWhole(IConfigurationSource source) => SiteConfiguration.LoadWhole(
        source, Path, new LoadOptions { ServerRoot = Folder, Defines = Defines.ToHashSet() }, FolderConfiguration.Resolve);

    // A shell script, which is what Debian's apache2ctl takes it for.
    private Dictionary<string, string> Evaluate(string file)
    {
        var start = new ChildStart
        {
            Path = "/bin/sh",
            Arguments = ["-c", ". \"$1\" >&2 && exec env -0", "sh", file],
            Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", $"APACHE_CONFDIR={Folder}"],
            WorkingDirectory = Folder,
        };
        if (!CapturedProgram.TryRun(start, ShellLimit, out byte[] output, out string? error))
        {
            throw new ServeException($"roundtrip: {file} cannot be evaluated: {error}", ExitCode.NotSo);
        }

        return Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }
}
