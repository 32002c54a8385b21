using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Cgi;

/// <summary>mod_cgi. The handler is there without a LoadModule too: a ScriptAlias must not send programs as text.</summary>
internal sealed class CgiModule : IConfigurationModule
{
    public string Name => "cgi_module";

    public string SourceFile => "mod_cgi.c";

    public IEnumerable<Directive> Directives =>
    [
        CgiDirectives.Timeout("CGIScriptTimeout"),

        // What a script says on standard error, and why its output is no answer, stands in the error log.
        CgiDirectives.Ignored("ScriptLog", AnyServer),
        CgiDirectives.Ignored("ScriptLogLength", AnyServer),
        CgiDirectives.Ignored("ScriptLogBuffer", AnyServer),
    ];
}

/// <summary>mod_cgid: httpd's other way to start the same scripts. Here there is one.</summary>
internal sealed class CgidModule : IConfigurationModule
{
    public string Name => "cgid_module";

    public string SourceFile => "mod_cgid.c";

    public IEnumerable<Directive> Directives => [CgiDirectives.Timeout("CGIDScriptTimeout"), CgiDirectives.Ignored("ScriptSock", ServerConfig)];
}

/// <summary>What both modules declare.</summary>
internal static class CgiDirectives
{
    public static Directive Timeout(string name) => new(
        name, Anywhere, 1, 1, "a time, in seconds unless it says otherwise", call => call.Settings.Set(CgiSettings.ScriptTimeout, TimeSpan.FromMilliseconds(Arguments.Milliseconds(call.Words[0]))));

    public static Directive Ignored(string name, DirectiveContext where) => Directive.Of(name, where, "anything", Core.Ignored.Key, static _ => true);
}
