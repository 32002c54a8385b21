using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.LiveHub;

/// <summary>The hub of a host.</summary>
internal static class LiveSettings
{
    /// <summary>What the directives say; without LiveHub nothing comes of it.</summary>
    public static readonly SettingKey<HubDefinition> Hub = new(new HubDefinition());
}
