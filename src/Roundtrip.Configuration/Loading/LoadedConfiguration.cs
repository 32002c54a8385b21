using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <summary>A configuration as a tree: conditions resolved, included files and macros in their places, variables expanded. With errors it is not to be used.</summary>
/// <param name="Nodes">In the order in which they were read, each with its own position.</param>
/// <param name="Errors">Every line that cannot be obeyed, in the order of reading.</param>
/// <param name="Defines">The names that are defined at the end, in the order of their definition, each with its value or null.</param>
/// <param name="Modules">The identifiers of the loaded modules.</param>
/// <param name="ServerRoot">What relative paths begin at, as the last ServerRoot says.</param>
public sealed record LoadedConfiguration(
    IReadOnlyList<ConfigurationNode> Nodes,
    IReadOnlyList<ConfigurationError> Errors,
    IReadOnlyList<ConfigurationError> Warnings,
    IReadOnlyDictionary<string, string?> Defines,
    IReadOnlySet<string> Modules,
    string ServerRoot);
