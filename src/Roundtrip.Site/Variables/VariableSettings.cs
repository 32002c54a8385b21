using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Variables;

/// <summary>The settings of mod_env and mod_setenvif.</summary>
internal static class VariableSettings
{
    /// <summary>SetEnv, UnsetEnv and PassEnv.</summary>
    public static readonly SettingKey<FixedVariables> Fixed = new(FixedVariables.None, FixedVariables.Merge);

    /// <summary>SetEnvIf and its kin outside sections: looked at before anything else is known of a request.</summary>
    public static readonly SettingKey<VariableRules> OfServer = new(VariableRules.None, VariableRules.Merge);

    /// <summary>SetEnvIf and its kin within sections: looked at before access is decided.</summary>
    public static readonly SettingKey<VariableRules> OfSections = new(VariableRules.None, VariableRules.Merge);
}
