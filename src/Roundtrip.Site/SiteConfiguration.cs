using System.Net;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Files;
using Roundtrip.Site.Tls;
using Roundtrip.Site.Unbuilt;
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
        return (Build(loaded, defaults, resolve), loaded);
    }

    /// <summary>
    /// The configuration of a folder that is served by itself: all modules are there, everybody may have its files, and <c>site.conf</c> is read as if it stood in its virtual host.
    /// </summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="hasFile">Whether it has a <c>site.conf</c>.</param>
    public static BuiltConfiguration LoadFolder(IConfigurationSource source, string folder, bool hasFile, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        var options = new LoadOptions { ServerRoot = folder, StaticModules = Modules.All.Select(module => module.Name).ToHashSet() };
        LoadedConfiguration loaded = hasFile
            ? ConfigurationLoader.Load(source, $"{folder}/site.conf", Known(options))
            : new LoadedConfiguration([], [], [], new HashSet<string>(), options.StaticModules, folder);
        BuiltConfiguration built = Build(loaded, FolderDefaults(folder), resolve);

        // What site.conf names for the server's own use may lie in the folder, and is not for visitors: a key above all.
        built.Main.Settings.Set(CoreSettings.HiddenNames, new HiddenNames(PrivateFiles(folder, built.Main.Settings)));
        return built;
    }

    /// <summary>The limits of a server: of all of its connections before a virtual host is known.</summary>
    public static HttpLimits LimitsOf(SettingBag settings) =>
        settings.Get(CoreSettings.Limits)(HttpLimits.Default) with { RequestBody = settings.Get(CoreSettings.LimitRequestBody) };

    /// <summary>The certificate files of a host; none where it says none.</summary>
    public static IReadOnlyList<TlsCertificateFiles> CertificatesOf(SettingBag settings)
    {
        var keys = settings.Get(SslSettings.KeyFiles);
        return [.. settings.Get(SslSettings.CertificateFiles).Select((file, index) => new TlsCertificateFiles(file, index < keys.Length ? keys[index] : file))];
    }

    /// <summary>ErrorLog of a host: a file's full path, or <c>-</c>.</summary>
    public static string ErrorLogOf(SettingBag settings) => settings.Get(CoreSettings.ErrorLog);

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

    private static BuiltConfiguration Build(LoadedConfiguration loaded, SettingBag defaults, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        var table = new DirectiveTable([.. Modules.All, .. UnbuiltModules.All], loaded.Modules.Contains);
        BuiltConfiguration built = ConfigurationBuilder.Build(loaded.Nodes, table, loaded.ServerRoot, defaults, resolve);
        return built with { Errors = [.. loaded.Errors, .. built.Errors], Warnings = [.. loaded.Warnings, .. built.Warnings] };
    }

    private static SettingBag FolderDefaults(string folder)
    {
        var defaults = new SettingBag();
        defaults.Set(CoreSettings.DocumentRoot, folder);
        defaults.Set(CoreSettings.HiddenNames, new HiddenNames([]));
        defaults.Set(DirectorySettings.IsListable, true);
        defaults.Set(FileSettings.Precompressed, true);
        defaults.Set(FileSettings.StaysBeneath, true);
        defaults.Set(FileSettings.TextCharset, "utf-8");
        defaults.Set(FileSettings.UnknownType, "application/octet-stream");
        defaults.Set(AccessLog.LogSettings.CustomLogs, [new AccessLog.CustomLog("-", AccessLog.LogFormat.Parse("combined")) { IsDefault = true }]);
        return defaults;
    }

    private static IEnumerable<string> PrivateFiles(string folder, SettingBag settings) =>
        settings.Get(AccessLog.LogSettings.CustomLogs).Select(log => log.Target)
            .Append(settings.Get(CoreSettings.ErrorLog))
            .Concat(settings.Get(SslSettings.CertificateFiles))
            .Concat(settings.Get(SslSettings.KeyFiles))
            .Where(name => name != "-")
            .Select(name => Path.GetRelativePath(folder, Path.GetFullPath(name)));
}
