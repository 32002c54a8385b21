namespace Roundtrip.Configuration.Directives;

/// <summary>Where a directive may stand, in the words of httpd's manual ("Context").</summary>
[Flags]
public enum DirectiveContext : byte
{
    /// <summary>Outside all sections.</summary>
    ServerConfig = 1,

    /// <summary>Within <c>&lt;VirtualHost&gt;</c>, outside the sections that it has.</summary>
    VirtualHost = 2,

    /// <summary>Within Directory, Files, Location, their Match forms and If.</summary>
    Directory = 4,

    /// <summary>Once for the whole server, or for one host.</summary>
    AnyServer = ServerConfig | VirtualHost,

    Anywhere = ServerConfig | VirtualHost | Directory,
}
