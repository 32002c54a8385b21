using System.Collections.Immutable;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Site.Core;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi;

/// <summary>
/// Which groups of processes a configuration has. The order is that of the file, and the same for whoever reads it: a supervisor starts what a server asks for by its place.
/// </summary>
internal static class WorkerGroups
{
    public static ImmutableArray<WorkerGroupDefinition> Of(BuiltConfiguration configuration)
    {
        ServerConfiguration[] hosts = [configuration.Main, .. configuration.Hosts];
        if (!configuration.Main.Settings.Get(WsgiSettings.IsLoaded))
        {
            return [];
        }

        var groups = new List<WorkerGroupDefinition>();
        string[] folders = [.. hosts.SelectMany(FoldersOf).Distinct()];
        foreach (ServerConfiguration host in hosts)
        {
            // A host's settings have those of the main server first.
            int inherited = host.Index == 0 ? 0 : configuration.Main.Settings.Get(WsgiSettings.Daemons).Length;
            groups.AddRange(host.Settings.Get(WsgiSettings.Daemons).Skip(inherited).Select(daemon => daemon with { Host = host.Index }));
        }

        groups.Add(new WorkerGroupDefinition("", "") { PythonPath = configuration.Main.Settings.Get(WsgiSettings.PythonPath) });
        var uses = hosts.SelectMany(UsesOf).ToArray();
        return [.. groups.SelectMany(group => Split(group, [.. uses.Where(use => use.Process == group.Name && IsVisible(group, use.Host))], folders, configuration.Main.Settings.Get(WsgiSettings.PythonHome)))];
    }

    // One interpreter a process: each application group of a process group has processes of its own. What no WSGIScriptAlias names beforehand, a script that AddHandler finds, shares those of %{GLOBAL}.
    private static IEnumerable<WorkerGroupDefinition> Split(WorkerGroupDefinition group, Use[] uses, string[] folders, string pythonHome)
    {
        group = group with { Folders = [.. folders], PythonHome = group.PythonHome.Length > 0 ? group.PythonHome : pythonHome };
        foreach (string application in uses.Select(use => use.Application).Distinct().Where(name => name != GroupName.Global))
        {
            yield return With(group, application, uses);
        }

        bool isIdle = uses.All(use => use.Application != GroupName.Global) && (uses.Length > 0 || group.Name.Length == 0);
        yield return With(group, GroupName.Global, uses) with { IsOnDemand = isIdle };
    }

    private static WorkerGroupDefinition With(WorkerGroupDefinition group, string application, Use[] uses)
    {
        Use[] own = [.. uses.Where(use => use.Application == application)];
        return group with
        {
            ApplicationGroup = application,
            Scripts = [.. own.Where(use => use.Script.File.Length > 0).Select(use => use.Script.File).Concat(own.Where(use => use.Import.Length > 0).Select(use => use.Import)).Distinct()],
            Preload = [.. own.Where(use => use.Script.File.Length > 0).Select(use => use.Script).Distinct()],
            Imports = [.. own.Where(use => use.Import.Length > 0).Select(use => use.Import).Distinct()],
            Module = own.FirstOrDefault(use => use.Module.Length > 0)?.Module ?? "",
            ReloadsSources = own.Any(use => use.Reloads),
        };
    }

    // mod_wsgi: a group that stands in a virtual host is that host's.
    private static bool IsVisible(WorkerGroupDefinition group, ServerConfiguration host) =>
        group.Name.Length == 0 || host.Settings.Get(WsgiSettings.Daemons).Any(daemon => daemon.Name == group.Name);

    private static IEnumerable<Use> UsesOf(ServerConfiguration host)
    {
        string name = GroupName.OfHost(host);
        foreach (WsgiAlias alias in host.Settings.Get(WsgiSettings.Aliases).Where(alias => alias.Rule.Pattern is null && !alias.Rule.Target.EndsWith('/')))
        {
            string prefix = alias.Rule.Prefix;
            SettingBag settings = host.Walk.Of(alias.Rule.IsOfHandler ? host.Settings.Get(CoreSettings.DocumentRoot).TrimEnd('/') + "/" : alias.Rule.Target, prefix.Length == 0 ? "/" : prefix).Settings;
            string process = alias.ProcessGroup ?? settings.Get(WsgiSettings.ProcessGroup);
            if (alias.Rule.IsOfHandler)
            {
                yield return new Use(host, GroupName.IsOfRequest(process) ? GroupName.Global : GroupName.Resolve(process, name, prefix), GroupName.OfModule(alias), new ScriptCallable("", ""), "")
                {
                    Module = alias.Rule.Target,
                    Reloads = alias.ReloadsSources,
                };
                continue;
            }

            string application = alias.ApplicationGroup ?? settings.Get(WsgiSettings.ApplicationGroup);
            if (!GroupName.IsOfRequest(process) && !GroupName.IsOfRequest(application))
            {
                string callable = alias.CallableObject ?? settings.Get(WsgiSettings.CallableObject);
                yield return new Use(host, GroupName.Resolve(process, name, prefix), GroupName.Resolve(application, name, prefix), new ScriptCallable(alias.Rule.Target, callable), "");
            }
        }

        foreach (WsgiImport import in host.Settings.Get(WsgiSettings.Imports))
        {
            yield return new Use(host, GroupName.Resolve(import.ProcessGroup, name, ""), GroupName.Resolve(import.ApplicationGroup, name, ""), new ScriptCallable("", ""), import.File);
        }
    }

    // Where scripts may lie that no directive names one by one.
    private static IEnumerable<string> FoldersOf(ServerConfiguration host)
    {
        yield return host.Settings.Get(CoreSettings.DocumentRoot);
        IEnumerable<UrlRule> rules = host.Settings.Get(MappingSettings.Aliases).Concat(host.Settings.Get(MappingSettings.LaterAliases));
        foreach (UrlRule rule in rules)
        {
            int end = rule.Pattern is null ? rule.Target.Length : rule.Target.AsSpan().IndexOfAny('$', '\\');
            string known = end < 0 ? rule.Target : rule.Target[..end];
            int slash = known.LastIndexOf('/');
            if (rule.Handler.Length == 0 || rule.Pattern is not null || known.EndsWith('/'))
            {
                yield return rule.Pattern is null && !known.EndsWith('/') ? known : known[..Math.Max(1, slash)];
            }
        }
    }

    private sealed record Use(ServerConfiguration Host, string Process, string Application, ScriptCallable Script, string Import)
    {
        public string Module { get; init; } = "";

        public bool Reloads { get; init; }
    }
}
