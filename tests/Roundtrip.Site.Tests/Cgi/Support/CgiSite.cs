using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Cgi.Support;

/// <summary>A real server with real scripts of the shell, each of which a test writes: <c>/cgi-bin/NAME</c> runs them, <c>/run/NAME.cgi</c> by AddHandler.</summary>
internal sealed class CgiSite(string conf = "", params (string Name, string Text)[] scripts)
    : ServedSite(files => WriteAll(files, scripts), $"DocumentRoot @FOLDER@/htdocs\nScriptAlias /cgi-bin/ @FOLDER@/cgi-bin/\n{conf}", new SiteServices())
{
    /// <summary>A script of the shell that its owner may execute.</summary>
    public void Write(string name, string text) => Write(Files, name, text);

    private static void WriteAll(TempFolder files, (string Name, string Text)[] scripts)
    {
        Directory.CreateDirectory($"{files.Path}/cgi-bin");
        Directory.CreateDirectory($"{files.Path}/htdocs");
        foreach ((string name, string text) in scripts)
        {
            Write(files, name, text);
        }
    }

    private static void Write(TempFolder files, string name, string text)
    {
        files.With(name, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(files[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
