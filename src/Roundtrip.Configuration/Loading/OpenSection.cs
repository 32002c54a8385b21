using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <summary>What is done with a section's contents while it is read.</summary>
internal enum SectionUse : byte
{
    /// <summary>It is in the tree.</summary>
    Node,

    /// <summary>A condition that holds: its contents are in the section around it.</summary>
    Contents,

    /// <summary>A condition that does not hold, or what stands in one.</summary>
    Nothing,
}

/// <summary>A section whose end has not been read yet.</summary>
/// <param name="Target">Where its contents go: its own children, or those of the section around it.</param>
internal sealed record OpenSection(string Name, string Arguments, SourcePosition Position, SectionUse Use, List<ConfigurationNode> Target);
