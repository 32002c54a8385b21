using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Sections;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Wsgi.Processes;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Wsgi;

/// <summary>mod_wsgi: Python's applications (PEP 3333), in processes of their own.</summary>
internal sealed class WsgiModule : IConfigurationModule
{
    public string Name => "wsgi_module";

    public string SourceFile => "mod_wsgi.c";

    public IEnumerable<Directive> Directives =>
    [
        new("WSGIDaemonProcess", AnyServer, 1, int.MaxValue, "a name and options", AddDaemon),
        new("WSGIScriptAlias", AnyServer, 2, int.MaxValue, "a path of the URL, a script and options", call => AddAlias(call, isPattern: false)),
        new("WSGIScriptAliasMatch", AnyServer, 2, int.MaxValue, "a regular expression, a script and options", call => AddAlias(call, isPattern: true)),
        new("WSGIModuleAlias", AnyServer, 2, 3, "a path of the URL, module:callable and reload=On", AddModule),
        new("WSGIImportScript", AnyServer, 1, int.MaxValue, "a script, process-group= and application-group=", AddImport),
        Directive.Of("WSGIProcessGroup", Anywhere, "a name, %{GLOBAL} or %{ENV:variable}", WsgiSettings.ProcessGroup, word => word),
        Directive.Of("WSGIApplicationGroup", Anywhere, "a name, %{GLOBAL}, %{SERVER}, %{RESOURCE} or %{ENV:variable}", WsgiSettings.ApplicationGroup, word => word),
        Directive.Of("WSGICallableObject", Anywhere, "a name in the script", WsgiSettings.CallableObject, word => word),
        Directive.Of("WSGIScriptReloading", Anywhere, "On or Off", WsgiSettings.ReloadsScripts, Arguments.Flag),
        Directive.Of("WSGIPassAuthorization", Anywhere, "On or Off", WsgiSettings.PassesAuthorization, Arguments.Flag),
        Directive.Of("WSGIChunkedRequest", Anywhere, "On or Off", WsgiSettings.TakesChunkedRequests, Arguments.Flag),
        Directive.Of("WSGIErrorOverride", Anywhere, "On or Off", WsgiSettings.OverridesErrors, Arguments.Flag),
        new("WSGIPythonPath", ServerConfig, 1, 1, "folders, parted by colons", call => call.Settings.Set(WsgiSettings.PythonPath, [.. call.Words[0].Split(':').Select(call.FullPath)])),
        new("WSGIPythonHome", ServerConfig, 1, 1, "a folder", call => call.Settings.Set(WsgiSettings.PythonHome, call.FullPath(call.Words[0]))),
        .. AcceptedDirectives.All,
    ];

    private static void AddDaemon(DirectiveCall call)
    {
        WorkerGroupDefinition daemon = DaemonOptions.Read(call);
        Scope main = call.Scope;
        while (main.Parent is { } outer)
        {
            main = outer;
        }

        if (main.Settings.Get(WsgiSettings.DaemonNames).Contains(daemon.Name))
        {
            throw new FormatException($"there is a WSGIDaemonProcess of the name {daemon.Name} already");
        }

        main.Settings.Update(WsgiSettings.DaemonNames, names => names.Add(daemon.Name));
        call.Settings.Update(WsgiSettings.Daemons, daemons => daemons.Add(daemon));
    }

    private static void AddAlias(DirectiveCall call, bool isPattern)
    {
        string? process = null, application = null, callable = null;
        bool? passes = null;
        foreach (string word in call.Words.Skip(2))
        {
            (string name, string value) = DaemonOptions.Split(word);
            switch (name)
            {
                case "process-group":
                    process = value;
                    break;
                case "application-group":
                    application = value;
                    break;
                case "callable-object":
                    callable = value;
                    break;
                case "pass-authorization":
                    passes = Arguments.Flag(value);
                    break;
                default:
                    throw new FormatException($"'{name}' is no option of {call.Name}: there are process-group, application-group, callable-object and pass-authorization");
            }
        }

        // mod_wsgi.c, wsgi_hook_intercept: the alias "/" names no part of the URL, so that SCRIPT_NAME is empty.
        string path = call.Words[0];
        UrlRule rule = isPattern
            ? new UrlRule("", ServerPattern.Parse(path, PatternOptions.None, out string fault) ?? throw new FormatException(fault), call.FullPath(call.Words[1]), 0) { KeepsRest = true }
            : new UrlRule(path == "/" ? "" : path, null, call.FullPath(call.Words[1]), 0);
        Add(call, new WsgiAlias(rule with { Handler = WsgiHandler.HandlerName }, process, application, callable, passes));
    }

    // Roundtrip's own: an application that is found as Python finds modules, without a script.
    private static void AddModule(DirectiveCall call)
    {
        bool reloads = false;
        if (call.Words.Count > 2)
        {
            (string name, string value) = DaemonOptions.Split(call.Words[2]);
            reloads = name == "reload" ? Arguments.Flag(value) : throw new FormatException($"'{name}' is no option of WSGIModuleAlias: there is reload");
        }

        string module = call.Words[1];
        Add(call, WsgiAlias.OfModule(call.Words[0], ModuleName.IsApplication(module) ? module : throw new FormatException($"'{module}' is no module:callable"), reloads));
    }

    private static void Add(DirectiveCall call, WsgiAlias alias)
    {
        call.Settings.Update(MappingSettings.LaterAliases, rules => rules.Add(alias.Rule));
        call.Settings.Update(WsgiSettings.Aliases, aliases => aliases.Add(alias));
    }

    private static void AddImport(DirectiveCall call)
    {
        string? process = null, application = null;
        foreach (string word in call.Words.Skip(1))
        {
            (string name, string value) = DaemonOptions.Split(word);
            (process, application) = name switch
            {
                "process-group" => (value, application),
                "application-group" => (process, value),
                _ => throw new FormatException($"'{name}' is no option of WSGIImportScript: there are process-group and application-group"),
            };
        }

        if (process is null || application is null || GroupName.IsOfRequest(process) || GroupName.IsOfRequest(application) || application == "%{RESOURCE}")
        {
            throw new FormatException("WSGIImportScript needs process-group= and application-group=, both by their names");
        }

        call.Settings.Update(WsgiSettings.Imports, imports => imports.Add(new WsgiImport(call.FullPath(call.Words[0]), process, application)));
    }
}
