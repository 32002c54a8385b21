using Roundtrip.Configuration.Expressions;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.Sections;

/// <summary>A section, built: what it applies to, and what it sets there.</summary>
/// <param name="Kind">Directory, Files, Location or If.</param>
/// <param name="Match">The paths or names that it applies to; null for If.</param>
/// <param name="Nested">The sections in it: Files and If.</param>
/// <param name="Position">Where it begins.</param>
public sealed record Section(ScopeKind Kind, PathMatch? Match, SettingBag Settings, IReadOnlyList<Section> Nested, SourcePosition Position)
{
    /// <summary>The condition of If and ElseIf; null for Else and for other sections.</summary>
    public Expression? Condition { get; init; }

    /// <summary>Whether it is ElseIf or Else: it applies only where none of the If and ElseIf before it did.</summary>
    public bool IsElse { get; init; }
}
