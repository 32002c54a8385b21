using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Cors;

/// <summary>The setting of CORS.</summary>
internal static class CorsSettings
{
    /// <summary>What CorsOrigin and its kin say: each word of an inner scope takes the place of the outer one's.</summary>
    public static readonly SettingKey<CorsPolicy> Policy = new(CorsPolicy.None, CorsPolicy.Merge);
}
