using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Wsgi.Channels;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Wsgi;

/// <summary>What all requests for one path of an application have in common: its pool, and the variables that mod_wsgi adds. Kept with the resource, and so one loop's.</summary>
internal sealed class WsgiTarget
{
    private readonly EnvironmentBuffer _variables = new();

    private WsgiTarget(SettingBag settings, LoopPool? pool) => (Settings, Pool) = (settings, pool);

    /// <summary>Those that it was made of.</summary>
    public SettingBag Settings { get; }

    /// <summary>Null where there is no such process group.</summary>
    public LoopPool? Pool { get; }

    public required bool PassesAuthorization { get; init; }

    /// <summary>Whether a client on this machine sees why an application failed.</summary>
    public bool ShowsFailures { get; init; }

    /// <param name="variable">The request's variables, for groups that it names; empty for one that is not set.</param>
    public static WsgiTarget Of(ResourceAbout about, Script script, SiteLoop site, Func<string, string> variable)
    {
        WsgiAlias? alias = AliasOf(about, script);
        SettingBag settings = about.Settings;
        string host = GroupName.OfHost(about.Host.Configuration);
        string process = Resolve(alias?.ProcessGroup ?? settings.Get(WsgiSettings.ProcessGroup));
        string application = alias is { Rule.IsOfHandler: true } ? GroupName.OfModule(alias) : Resolve(alias?.ApplicationGroup ?? settings.Get(WsgiSettings.ApplicationGroup));
        WorkerPool? pool = site.Snapshot.Workers.Find(process, application);
        bool reloads = settings.Get(WsgiSettings.ReloadsScripts);
        if (reloads && script.FileName.Length > 0)
        {
            pool?.Saw(script.FileName, script.Stamp);
        }

        var target = new WsgiTarget(settings, pool?.On(site.Loop))
        {
            PassesAuthorization = alias?.PassesAuthorization ?? settings.Get(WsgiSettings.PassesAuthorization),
            ShowsFailures = pool?.Definition.ReloadsSources ?? false,
        };
        target.Add("mod_wsgi.process_group", process);
        target.Add("mod_wsgi.application_group", application);
        target.Add("mod_wsgi.callable_object", alias?.CallableObject ?? settings.Get(WsgiSettings.CallableObject));
        target.Add("mod_wsgi.request_handler", WsgiHandler.HandlerName);
        target.Add("mod_wsgi.handler_script", "");
        target.Add("mod_wsgi.script_reloading", reloads ? "1" : "0");
        return target;

        string Resolve(string name) => GroupName.IsOfRequest(name)
            ? GroupName.Resolve(variable(GroupName.VariableOf(name)), host, script.Name)
            : GroupName.Resolve(name, host, script.Name);
    }

    public void WriteTo(EnvironmentBuffer environment) => environment.AddRaw(_variables.Written);

    private void Add(string name, string value) => _variables.Add(Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value));

    // The one by which the script was found. An Alias comes before it.
    private static WsgiAlias? AliasOf(ResourceAbout about, Script script)
    {
        foreach (WsgiAlias alias in about.Host.Settings.Get(WsgiSettings.Aliases))
        {
            if (alias.Rule.TryApply(about.Path, out string? file) && file is not null)
            {
                return file.StartsWith(script.FileName, StringComparison.Ordinal) ? alias : null;
            }
        }

        return null;
    }
}
