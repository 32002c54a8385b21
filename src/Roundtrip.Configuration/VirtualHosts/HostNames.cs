using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>The settings by which a virtual host is found.</summary>
public static class HostNames
{
    /// <summary>ServerName: perhaps with a scheme before it and a port behind it. Empty where none is given.</summary>
    public static readonly SettingKey<string> ServerName = new("");

    /// <summary>ServerAlias, <c>*</c> and <c>?</c> among them. A virtual host does not inherit the main server's.</summary>
    public static readonly SettingKey<IReadOnlyList<string>> Aliases = new([], (_, own) => own);

    /// <summary>A ServerName without its scheme and port.</summary>
    public static string WithoutPort(string name)
    {
        int scheme = name.IndexOf("://", StringComparison.Ordinal);
        name = scheme < 0 ? name : name[(scheme + 3)..];
        int colon = name.LastIndexOf(':');
        return colon > 0 && name.IndexOf(']', colon) < 0 ? name[..colon] : name;
    }
}
