namespace Roundtrip.Configuration.Loading;

/// <summary>What the server that loads says about itself.</summary>
public sealed record LoadOptions
{
    /// <summary>The modules that LoadModule can load, by their identifiers: <c>rewrite_module</c>.</summary>
    public IReadOnlySet<string> BuiltInModules { get; init; } = new HashSet<string>();

    /// <summary>The modules that are loaded from the start, as those that httpd is compiled with.</summary>
    public IReadOnlySet<string> StaticModules { get; init; } = new HashSet<string> { "core_module", "so_module", "http_module", "version_module", "unixd_module" };

    /// <summary>The names given with <c>-D</c>.</summary>
    public IReadOnlySet<string> Defines { get; init; } = new HashSet<string>();

    /// <summary>The version of httpd that IfVersion compares with: major.minor.patch.</summary>
    public Version Version { get; init; } = new(2, 4, 62);

    /// <summary>What relative paths begin at until ServerRoot says otherwise.</summary>
    public string ServerRoot { get; init; } = "/etc/apache2";

    /// <summary>Whether IfDirective knows a directive of that name. Called for the names of a configuration, in their own case.</summary>
    public Func<string, bool> IsDirective { get; init; } = _ => false;

    /// <summary>Whether IfSection knows a section of that name, given without <c>&lt;</c>.</summary>
    public Func<string, bool> IsSection { get; init; } = _ => false;

    public ConfigurationLimits Limits { get; init; } = new();
}
