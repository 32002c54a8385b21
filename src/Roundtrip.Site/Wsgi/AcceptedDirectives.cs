using Roundtrip.Configuration.Directives;
using Roundtrip.Site.Core;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Wsgi;

/// <summary>Directives of mod_wsgi that tune what is not here, above all the interpreter within httpd's own processes: they are taken, and have no effect.</summary>
internal static class AcceptedDirectives
{
    private static readonly (string Name, DirectiveContext Contexts)[] Names =
    [
        ("WSGILazyInitialization", ServerConfig), ("WSGIVerboseDebugging", ServerConfig), ("WSGIPythonOptimize", ServerConfig), ("WSGIPythonWarnings", ServerConfig),
        ("WSGIPythonEggs", ServerConfig), ("WSGIPythonHashSeed", ServerConfig), ("WSGIDestroyInterpreter", ServerConfig), ("WSGIRestrictEmbedded", AnyServer),
        ("WSGIRestrictStdin", ServerConfig), ("WSGIRestrictStdout", ServerConfig), ("WSGIRestrictSignal", ServerConfig), ("WSGISocketPrefix", ServerConfig),
        ("WSGISocketRotation", ServerConfig), ("WSGIAcceptMutex", ServerConfig), ("WSGICaseSensitivity", AnyServer), ("WSGIEnableSendfile", Anywhere), ("WSGIMapHEADToGET", Anywhere),
        ("WSGIIgnoreActivity", Anywhere), ("WSGIServerMetrics", AnyServer),
    ];

    public static IEnumerable<Directive> All => Names.Select(name => Directive.Of(name.Name, name.Contexts, "one argument", Ignored.Key, _ => true));
}
