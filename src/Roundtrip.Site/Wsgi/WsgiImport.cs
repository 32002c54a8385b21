namespace Roundtrip.Site.Wsgi;

/// <summary>A WSGIImportScript: a file that is run before the processes of a group are ready.</summary>
internal sealed record WsgiImport(string File, string ProcessGroup, string ApplicationGroup);
