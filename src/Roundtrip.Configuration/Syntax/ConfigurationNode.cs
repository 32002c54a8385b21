namespace Roundtrip.Configuration.Syntax;

/// <summary>A directive or a section, as it was written.</summary>
/// <param name="Name">The name in its own spelling, without <c>&lt;</c>; names are compared without regard to case.</param>
/// <param name="RawArguments">What follows the name, variables already expanded; <see cref="Words"/> takes it apart.</param>
public abstract record ConfigurationNode(string Name, string RawArguments, SourcePosition Position)
{
    /// <summary>Whether this is the directive or section that httpd calls so.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One directive: a name and its arguments.</summary>
public sealed record DirectiveNode(string Name, string RawArguments, SourcePosition Position)
    : ConfigurationNode(Name, RawArguments, Position);

/// <summary>A section with what stands in it.</summary>
/// <param name="RawArguments">What stands between the name and the last <c>&gt;</c> of its line.</param>
/// <param name="Children">In the order in which they were read.</param>
public sealed record SectionNode(string Name, string RawArguments, IReadOnlyList<ConfigurationNode> Children, SourcePosition Position)
    : ConfigurationNode(Name, RawArguments, Position);
