using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Cgi;

/// <summary>The settings of mod_cgi and its kin, under their directives' names.</summary>
internal static class CgiSettings
{
    /// <summary>CGIScriptTimeout, CGIDScriptTimeout: how long a script may be silent; zero for as long as Timeout says.</summary>
    public static readonly SettingKey<TimeSpan> ScriptTimeout = new(TimeSpan.Zero);

    /// <summary>CGIPassAuth: whether scripts see the client's credentials.</summary>
    public static readonly SettingKey<bool> PassesAuthorization = new(false);

    /// <summary>CGIVar REQUEST_URI: whether that is the path by which the script was found, an internal redirect's perhaps, and not what the client asked for.</summary>
    public static readonly SettingKey<bool> ShowsCurrentUri = new(false);
}
