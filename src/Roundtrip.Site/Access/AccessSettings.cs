using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Access;

internal static class AccessSettings
{
    /// <summary>Require and its containers: an inner scope's take the place of the outer one's, unless AuthMerging says otherwise.</summary>
    public static readonly SettingKey<RequireSetting> Require = new(RequireSetting.None, RequireSetting.Merge);

    /// <summary>Order, Allow, Deny and Satisfy: as mod_access_compat has it, a scope that says any of them says all.</summary>
    public static readonly SettingKey<OrderSetting> Order = new(OrderSetting.None);

    /// <summary>The rule of merged settings.</summary>
    public static AccessRule RuleOf(SettingBag settings) => settings.Get(Order).With(settings.Get(Require));
}
