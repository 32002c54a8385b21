using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>The main server, or a virtual host with what it has from the main server.</summary>
/// <param name="Addresses">Of its <c>&lt;VirtualHost&gt;</c> line; none for the main server.</param>
/// <param name="Position">Where it begins; line 0 for the main server.</param>
public sealed record ServerConfiguration(
    IReadOnlyList<HostAddress> Addresses, SettingBag Settings, SectionWalk Walk, SourcePosition Position)
{
    /// <summary>What a virtual host says itself, without what it has from the main server; empty for that.</summary>
    public SettingBag Own { get; init; } = SettingBag.Empty;

    /// <summary>The name by which it is found, without scheme and port; empty where it has none.</summary>
    public string Name => HostNames.WithoutPort(Settings.Get(HostNames.ServerName));

    /// <summary>0 for the main server, then the virtual hosts in the file's order.</summary>
    public required int Index { get; init; }

    /// <summary>Whether ServerName and ServerAlias stand in the host itself; what is inherited does not choose it.</summary>
    public required bool HasOwnName { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }
}
