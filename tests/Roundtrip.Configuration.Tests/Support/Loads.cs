using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Tests.Support;

/// <summary>Loads from memory, and writes a tree so that it can be compared.</summary>
internal static class Loads
{
    public static LoadedConfiguration Text(string text, LoadOptions? options = null) =>
        From(new InMemorySource(), text, options);

    public static LoadedConfiguration From(InMemorySource source, string text, LoadOptions? options = null) =>
        ConfigurationLoader.Load(source.WithDirectory("/srv").With("/srv/a.conf", text), "a.conf", (options ?? new LoadOptions()) with { ServerRoot = "/srv" });

    public static LoadOptions With(params string[] modules) => new() { BuiltInModules = modules.ToHashSet() };

    public static string[] Errors(LoadedConfiguration loaded) => [.. loaded.Errors.Select(error => error.ToString())];

    public static string[] Warnings(LoadedConfiguration loaded) => [.. loaded.Warnings.Select(warning => warning.ToString())];

    /// <summary>One string for each node: <c>Name arguments</c>, or <c>Name arguments { … }</c> for a section.</summary>
    public static string[] Tree(IEnumerable<ConfigurationNode> nodes) => [.. nodes.Select(Write)];

    private static string Write(ConfigurationNode node)
    {
        string head = $"{node.Name} {node.RawArguments}".TrimEnd();
        return node is SectionNode section ? $"{head} {{ {string.Join("; ", Tree(section.Children))} }}" : head;
    }
}
