using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.Sections;

/// <summary>A part of the configuration with settings of its own, while it is built: the server, a virtual host, a section.</summary>
/// <param name="parent">The scope around it; null for the main server.</param>
/// <param name="settings">Its settings; a scope may share those of its parent, as RequireAny does.</param>
public class Scope(ScopeKind kind, Scope? parent, SettingBag? settings = null)
{
    public ScopeKind Kind => kind;

    public Scope? Parent => parent;

    public SettingBag Settings { get; } = settings ?? new SettingBag();

    /// <summary>The sections that stand in it, in the file's order.</summary>
    public List<Section> Sections { get; } = [];

    /// <summary>The directory of a Directory section that is no pattern, with a slash at its end; the path of a Location. Alias and Redirect within them take it for their first argument.</summary>
    public string? Path { get; init; }

    /// <summary>The server or virtual host around it.</summary>
    public Scope Server => kind is ScopeKind.Server or ScopeKind.VirtualHost ? this : parent!.Server;

    public DirectiveContext Context => kind switch
    {
        ScopeKind.Server => DirectiveContext.ServerConfig,
        ScopeKind.VirtualHost => DirectiveContext.VirtualHost,
        _ => DirectiveContext.Directory,
    };
}
