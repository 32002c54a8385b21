using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Directories;

/// <summary>mod_autoindex: the list of a directory without an index.</summary>
internal sealed class AutoindexModule : IConfigurationModule
{
    public string Name => "autoindex_module";

    public string SourceFile => "mod_autoindex.c";

    public IEnumerable<Directive> Directives => [];
}
