using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.EarlyHints;

/// <summary>The settings of early hints, under their directives' names.</summary>
internal static class EarlyHintsSettings
{
    /// <summary>EarlyHints, and H2EarlyHints: the last one that is said holds.</summary>
    public static readonly SettingKey<EarlyHintsMode> Mode = new(EarlyHintsMode.Off);

    /// <summary>H2EarlyHint: fields of 103 alone.</summary>
    public static readonly SettingKey<ImmutableArray<(string Name, string Value)>> Fields = new([], (outer, inner) => outer.AddRange(inner));
}
