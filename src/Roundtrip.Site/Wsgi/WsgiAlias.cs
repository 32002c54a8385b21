using Roundtrip.Site.Mapping;

namespace Roundtrip.Site.Wsgi;

/// <summary>A WSGIScriptAlias: the paths that it is for, and its options, which come before directives.</summary>
/// <param name="ProcessGroup">Null where it does not say one; as for the others.</param>
internal sealed record WsgiAlias(UrlRule Rule, string? ProcessGroup, string? ApplicationGroup, string? CallableObject, bool? PassesAuthorization);
