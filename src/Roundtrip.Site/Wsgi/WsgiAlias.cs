using Roundtrip.Site.Mapping;

namespace Roundtrip.Site.Wsgi;

/// <summary>A WSGIScriptAlias: the paths that it is for, and its options, which come before directives.</summary>
/// <param name="ProcessGroup">Null where it does not say one; as for the others.</param>
internal sealed record WsgiAlias(UrlRule Rule, string? ProcessGroup, string? ApplicationGroup, string? CallableObject, bool? PassesAuthorization)
{
    /// <summary>Whether the processes are replaced when a source file changes, and failures shown to clients on this machine.</summary>
    public bool ReloadsSources { get; init; }

    /// <summary>A WSGIModuleAlias, of <c>module:callable</c> with paths from <paramref name="path"/> on.</summary>
    public static WsgiAlias OfModule(string path, string module, bool reloads = false) =>
        new(new UrlRule(path == "/" ? "" : path, null, module, 0) { Handler = WsgiHandler.HandlerName, IsOfHandler = true }, null, null, null, null) { ReloadsSources = reloads };
}
