using System.Net;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Core;
using Roundtrip.Site.Cors;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Files;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Mime;
using Roundtrip.Site.Tls;
using Roundtrip.Site.Unbuilt;
using Roundtrip.Site.Wsgi;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Site;

/// <summary>Loads and builds configurations with the modules that there are: a file of httpd's language, or a folder with its <c>site.conf</c>.</summary>
public static class SiteConfiguration
{
    /// <summary>Loads a configuration file and all that it includes.</summary>
    public static BuiltConfiguration Load(IConfigurationSource source, string file, LoadOptions options, Func<string, IReadOnlyList<IPAddress>> resolve) =>
        LoadWhole(source, file, options, resolve).Built;

    /// <summary>As <see cref="Load"/>, with the tree that it was built of: which modules it loads and which names it defines.</summary>
    public static (BuiltConfiguration Built, LoadedConfiguration Loaded) LoadWhole(
        IConfigurationSource source, string file, LoadOptions options, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        LoadedConfiguration loaded = ConfigurationLoader.Load(source, file, Known(options));
        var defaults = new SettingBag();
        defaults.Set(DirectorySettings.IsListable, loaded.Modules.Contains("autoindex_module"));
        defaults.Set(WsgiSettings.IsLoaded, loaded.Modules.Contains("wsgi_module"));
        if (loaded.Modules.Contains("mime_module"))
        {
            // Deviates: httpd does not start without its default file, conf/mime.types. A TypesConfig takes the place of this list.
            defaults.Set(MimeSettings.Types, MediaTypes.Embedded);
        }

        return (Build(loaded, source, defaults, resolve), loaded);
    }

    /// <summary>
    /// The configuration of a folder that is served by itself: all modules are there, everybody may have its files, and <c>site.conf</c> is read as if it stood in its virtual host.
    /// </summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="hasFile">Whether it has a <c>site.conf</c>.</param>
    /// <param name="application">The <c>module:callable</c> that answers what no Alias is for; null for none.</param>
    public static BuiltConfiguration LoadFolder(IConfigurationSource source, string folder, bool hasFile, Func<string, IReadOnlyList<IPAddress>> resolve, string? application = null)
    {
        var options = new LoadOptions { ServerRoot = folder, StaticModules = Modules.All.Select(module => module.Name).ToHashSet() };
        LoadedConfiguration loaded = hasFile
            ? ConfigurationLoader.Load(source, $"{folder}/site.conf", Known(options))
            : new LoadedConfiguration([], [], [], new Dictionary<string, string?>(), options.StaticModules, folder);
        SettingBag defaults = FolderDefaults(folder);
        defaults.Set(WsgiSettings.IsLoaded, hasFile || application is not null);
        if (application is not null)
        {
            // As WSGIPythonPath and WSGIModuleAlias in front of site.conf would.
            var alias = WsgiAlias.OfModule("/", application, reloads: true);
            defaults.Set(WsgiSettings.PythonPath, [folder]);
            defaults.Set(WsgiSettings.Aliases, [alias]);
            defaults.Set(MappingSettings.LaterAliases, [alias.Rule]);
        }

        BuiltConfiguration built = Build(loaded, source, defaults, resolve);

        // What site.conf names for the server's own use may lie in the folder, and is not for visitors: a key above all.
        built.Main.Settings.Set(CoreSettings.HiddenNames, new HiddenNames(PrivateFiles(folder, built.Main.Settings), RotatedLogs(folder, built.Main.Settings)));
        return built.Main.Settings.Get(SslSettings.KeyFiles).Length > built.Main.Settings.Get(SslSettings.CertificateFiles).Length
            ? built with { Errors = [.. built.Errors, new ConfigurationError(new SourcePosition($"{folder}/site.conf", 1), "SSLCertificateKeyFile needs an SSLCertificateFile")] }
            : built;
    }

    /// <summary>The limits of a server, or of a host with what it has from that. LimitRequestBody is each resource's own.</summary>
    public static HttpLimits LimitsOf(SettingBag settings) =>
        settings.Get(CoreSettings.Limits).Aggregate(HttpLimits.Default with { RequestBody = 0 }, static (limits, change) => change.Apply(limits));

    /// <summary>How long answers may go on after a graceful stop, in milliseconds; 0 for no limit.</summary>
    public static int GracefulShutdownTimeoutOf(SettingBag settings) => settings.Get(CoreSettings.GracefulShutdownTimeout);

    /// <summary>The value of the Server field: ServerTokens.</summary>
    public static string ServerNameOf(SettingBag settings) => ServerIdentity.Of(settings.Get(CoreSettings.ServerTokens));

    /// <summary>The certificate files of a host; none where it says none.</summary>
    public static IReadOnlyList<TlsCertificateFiles> CertificatesOf(SettingBag settings)
    {
        var keys = settings.Get(SslSettings.KeyFiles);
        return [.. settings.Get(SslSettings.CertificateFiles).Select((file, index) => new TlsCertificateFiles(file, index < keys.Length ? keys[index] : file))];
    }

    /// <summary>Where the main server's error log goes.</summary>
    public static string ErrorLogTargetOf(SettingBag settings) => settings.Get(CoreSettings.ErrorLog);

    /// <summary>User, Group and PidFile; empty where they are not set.</summary>
    public static (string User, string Group, string PidFile) ProcessOf(SettingBag settings) =>
        (settings.Get(UnixdModule.User), settings.Get(UnixdModule.Group), settings.Get(UnixdModule.PidFile));

    /// <summary>Mutex of the default, its folder said where httpd would have it.</summary>
    public static MutexSetting MutexOf(SettingBag settings)
    {
        MutexSetting mutex = settings.Get(UnixdModule.Mutex);
        return mutex with { Folder = mutex.Folder ?? settings.Get(UnixdModule.RuntimeFolder) };
    }

    /// <summary>All files and programs that logs go to, each once; not those that whoever serves opens itself: standard error, syslog and rotated files.</summary>
    public static IReadOnlyList<string> LogTargetsOf(BuiltConfiguration configuration) =>
    [
        .. configuration.Hosts.Prepend(configuration.Main)
            .SelectMany(host => LogsOf(host.Settings))
            .Where(target => target[0] is '/' or '|' && !RotationRule.TryParse(target, out _))
            .Distinct(),
    ];

    public static string DocumentRootOf(SettingBag settings) => settings.Get(CoreSettings.DocumentRoot);

    /// <summary>The Listen directives.</summary>
    public static IReadOnlyList<ListenAddress> ListensOf(SettingBag settings) => settings.Get(CoreSettings.Listen);

    private static LoadOptions Known(LoadOptions options)
    {
        HashSet<string> names = Modules.All.SelectMany(module => module.Directives).Select(directive => directive.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // Debian loads its mpm by LoadModule, of which is not to be said that it is there already.
        IEnumerable<string> always = Modules.All.Where(module => module.IsAlwaysLoaded && !module.Name.StartsWith("mpm_", StringComparison.Ordinal)).Select(module => module.Name);
        return options with
        {
            BuiltInModules = Modules.All.Select(module => module.Name).Concat(Modules.OfLanguage).ToHashSet(),
            StaticModules = options.StaticModules.Union(always).ToHashSet(),
            IsDirective = names.Contains,
            IsSection = names.Contains,
        };
    }

    private static BuiltConfiguration Build(LoadedConfiguration loaded, IConfigurationSource source, SettingBag defaults, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        var table = new DirectiveTable([.. Modules.All, .. UnbuiltModules.All], loaded.Modules.Contains);
        BuiltConfiguration built = ConfigurationBuilder.Build(loaded.Nodes, table, loaded.ServerRoot, source, defaults, resolve);
        return built with { Errors = [.. loaded.Errors, .. built.Errors, .. CorsMisuse.Of(built)], Warnings = [.. loaded.Warnings, .. built.Warnings, .. IdleLimits.Of(built)] };
    }

    private static SettingBag FolderDefaults(string folder)
    {
        var defaults = new SettingBag();
        defaults.Set(CoreSettings.DocumentRoot, folder);
        defaults.Set(CoreSettings.ServerTokens, ServerTokens.ProductOnly);
        defaults.Set(CoreSettings.HiddenNames, new HiddenNames([]));
        defaults.Set(DirectorySettings.IsListable, true);
        defaults.Set(DirectorySettings.ListingOptions, IndexOptions.None.With("FancyIndexing").With("HTMLTable").With("VersionSort").With("FoldersFirst").With("NameWidth=*")
            .With("SuppressDescription"));
        defaults.Set(FileSettings.Precompressed, true);
        defaults.Set(FileSettings.StaysBeneath, true);
        defaults.Set(FileSettings.TextCharset, "utf-8");
        defaults.Set(MimeSettings.Types, MediaTypes.Embedded);
        defaults.Set(FileSettings.UnknownType, "application/octet-stream");

        // Whoever serves a folder from a terminal wants to see why a request was refused.
        defaults.Set(CoreSettings.LogLevel, LogLevels.Of(LogLevel.Info));
        defaults.Set(AccessLog.LogSettings.CustomLogs, [new AccessLog.CustomLog("-", "combined") { IsDefault = true }]);
        return defaults;
    }

    private static IEnumerable<string> PrivateFiles(string folder, SettingBag settings) =>
        LogsOf(settings)
            .Concat(settings.Get(SslSettings.CertificateFiles))
            .Concat(settings.Get(SslSettings.KeyFiles))
            .Where(name => name.StartsWith('/'))
            .Select(name => Path.GetRelativePath(folder, Path.GetFullPath(name)));

    // What the names of rotated logs begin with.
    private static IEnumerable<string> RotatedLogs(string folder, SettingBag settings)
    {
        foreach (string target in LogsOf(settings))
        {
            if (RotationRule.TryParse(target, out RotationRule? rule))
            {
                yield return Path.GetRelativePath(folder, Path.GetFullPath(rule.Path, folder)).Split('%')[0];
                if (rule.Link is { } link)
                {
                    yield return Path.GetRelativePath(folder, Path.GetFullPath(link, folder));
                }
            }
        }
    }

    private static IEnumerable<string> LogsOf(SettingBag settings) =>
        settings.Get(AccessLog.LogSettings.CustomLogs).Concat(settings.Get(AccessLog.LogSettings.GlobalLogs)).Select(log => log.Target).Append(settings.Get(CoreSettings.ErrorLog));
}
