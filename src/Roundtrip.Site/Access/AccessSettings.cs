using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Access;

internal static class AccessSettings
{
    /// <summary>The rule of Require: an inner scope's takes the place of the outer one's (AuthMerging Off).</summary>
    public static readonly SettingKey<AccessRule> Require = new(AccessRule.Granted);

    /// <summary>The rule of Order, Allow and Deny, which must grant too.</summary>
    public static readonly SettingKey<AccessRule> Order = new(AccessRule.Granted);
}
