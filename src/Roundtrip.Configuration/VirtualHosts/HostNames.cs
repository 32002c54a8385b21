using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>The settings by which a virtual host is found.</summary>
public static class HostNames
{
    /// <summary>ServerName: perhaps with a scheme before it and a port behind it. Empty where none is given.</summary>
    public static readonly SettingKey<string> ServerName = new("");

    /// <summary>ServerAlias, <c>*</c> and <c>?</c> among them. A virtual host does not inherit the main server's.</summary>
    public static readonly SettingKey<IReadOnlyList<string>> Aliases = new([], (_, own) => own);
}
