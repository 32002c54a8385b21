using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;

namespace Roundtrip.Program;

/// <summary>A configuration file as it was read, for who wants to know what it comes to.</summary>
/// <param name="Files">The files that were read, in that order.</param>
internal sealed record LoadedFile(BuiltConfiguration Built, LoadedConfiguration Loaded, IReadOnlyList<string> Files)
{
    /// <exception cref="ServeException">The envvars beside it cannot be evaluated.</exception>
    public static LoadedFile Read(ConfigurationFile file)
    {
        DiskConfigurationSource source = file.OpenSource();
        (BuiltConfiguration built, LoadedConfiguration tree) = file.LoadWhole(source);
        return new LoadedFile(built, tree, source.ReadFiles);
    }
}
