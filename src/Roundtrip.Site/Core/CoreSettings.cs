using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Server.Logs;

namespace Roundtrip.Site.Core;

/// <summary>The settings of httpd's core, under its directives' names.</summary>
internal static class CoreSettings
{
    /// <summary>Debian's own default, where a configuration says nothing.</summary>
    public static readonly SettingKey<string> DocumentRoot = new("/var/www/html");

    public static readonly SettingKey<DirectoryOptions> Options = new(DirectoryOptions.Default, DirectoryOptions.Merge);

    public static readonly SettingKey<ImmutableDictionary<int, ErrorDocument>> ErrorDocuments =
        new(ImmutableDictionary<int, ErrorDocument>.Empty, (outer, inner) => outer.SetItems(inner));

    /// <summary>SetHandler; empty for none.</summary>
    public static readonly SettingKey<string> Handler = new("");

    /// <summary>ForceType; empty for none.</summary>
    public static readonly SettingKey<string> ForceType = new("");

    /// <summary>AddDefaultCharset; empty for Off.</summary>
    public static readonly SettingKey<string> DefaultCharset = new("");

    public static readonly SettingKey<EntityTagParts> FileETag = new(EntityTagParts.Default);

    public static readonly SettingKey<bool> EnableSendfile = new(false);

    /// <summary>The limits of connections: those of an inner scope change what those of an outer one have left.</summary>
    public static readonly SettingKey<ImmutableArray<LimitChange>> Limits = new([], (outer, inner) => outer.AddRange(inner));

    /// <summary>LimitRequestBody, in bytes; 0 for no limit. Of one directory or location too, unlike the other limits.</summary>
    public static readonly SettingKey<long> LimitRequestBody = new(1L << 30);

    /// <summary>ErrorLog: a file's full path, <c>-</c> for standard error, <c>|</c> and a program, or <c>syslog</c> with what is behind it.</summary>
    public static readonly SettingKey<string> ErrorLog = new("-");

    /// <summary>LogLevel.</summary>
    public static readonly SettingKey<LogLevels> LogLevel = new(LogLevels.Default, LogLevels.Merge);

    /// <summary>ErrorLogFormat.</summary>
    public static readonly SettingKey<ErrorLogFormats> ErrorLogFormats = new(Core.ErrorLogFormats.Default);

    /// <summary>GracefulShutdownTimeout, in milliseconds; 0 for no limit.</summary>
    public static readonly SettingKey<int> GracefulShutdownTimeout = new(0);

    public static readonly SettingKey<PathInfoRule> AcceptPathInfo = new(PathInfoRule.Default);

    public static readonly SettingKey<bool> UseCanonicalName = new(false);

    public static readonly SettingKey<string> ServerAdmin = new("");

    /// <summary>ServerSignature: 0 Off, 1 On, 2 EMail.</summary>
    public static readonly SettingKey<int> ServerSignature = new(0);

    public static readonly SettingKey<ServerTokens> ServerTokens = new(Core.ServerTokens.Full);

    /// <summary>TraceEnable: 0 off, 1 on, 2 extended. Deviates: httpd's default is on.</summary>
    public static readonly SettingKey<int> TraceEnable = new(0);

    public static readonly SettingKey<bool> AcceptEncodedSlashes = new(false);

    /// <summary>Listen: the addresses with their protocol, <c>https</c> or nothing.</summary>
    public static readonly SettingKey<ImmutableArray<ListenAddress>> Listen = new([], (outer, inner) => outer.AddRange(inner));

    /// <summary>Why all of a scope answers 501: a directive of a module that is not built guards what may not be served raw. Empty where nothing does.</summary>
    public static readonly SettingKey<string> Guard = new("");

    /// <summary>The names that answer 404, in a folder that is served without a configuration of its own. Not a directive.</summary>
    public static readonly SettingKey<Files.HiddenNames> HiddenNames = new(Files.HiddenNames.None);
}
