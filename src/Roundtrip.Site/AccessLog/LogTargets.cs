using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.AccessLog;

/// <summary>Where a log of the configuration goes, as text: a file's full path, <c>-</c>, <c>|program</c>, or <c>syslog</c> with what is behind it.</summary>
internal static class LogTargets
{
    /// <summary>The target with a file's path in full; everything else as it stands.</summary>
    public static string FullName(DirectiveCall call, string target) =>
        target == "-" || target.StartsWith('|') || IsSyslog(target) && call.Name.Equals("ErrorLog", StringComparison.OrdinalIgnoreCase)
            ? target
            : call.FullPath(target);

    public static bool IsSyslog(string target) =>
        target.Equals("syslog", StringComparison.OrdinalIgnoreCase) || target.StartsWith("syslog:", StringComparison.OrdinalIgnoreCase);
}
