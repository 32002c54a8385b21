using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Core;

/// <summary>Mutex, of the default: how httpd's processes exclude each other. There are none here; it is kept for who asks what a configuration comes to.</summary>
/// <param name="Folder">Where a mechanism that needs files has them; null for the runtime folder.</param>
/// <param name="Mechanism">Under httpd's name: file is fcntl, sem is posixsem.</param>
public sealed record MutexSetting(string? Folder, string Mechanism, bool OmitsPid)
{
    public static readonly MutexSetting Default = new(null, "default", false);

    internal static void Set(DirectiveCall call)
    {
        string[] parts = call.Words[0].Split(':', 2);
        string mechanism = parts[0].ToUpperInvariant() switch
        {
            "DEFAULT" or "YES" => "default",
            "FILE" or "FCNTL" => "fcntl",
            "SEM" or "POSIXSEM" => "posixsem",
            "FLOCK" => "flock",
            "SYSVSEM" => "sysvsem",
            "PTHREAD" => "pthread",
            _ => throw new FormatException($"'{parts[0]}' is not default, file, fcntl, flock, sem, posixsem, sysvsem or pthread"),
        };
        bool omitsPid = call.Words.Skip(1).Any(word => word.Equals("OmitPID", StringComparison.OrdinalIgnoreCase));

        // Where no name is said it is the default's. The others are those of httpd's modules, which have no mutexes here.
        string[] names = [.. call.Words.Skip(1).Where(word => !word.Equals("OmitPID", StringComparison.OrdinalIgnoreCase))];
        if (names.Length == 0 || names.Contains("default", StringComparer.OrdinalIgnoreCase))
        {
            call.Settings.Set(UnixdModule.Mutex, new MutexSetting(parts.Length == 2 ? call.FullPath(parts[1]) : null, mechanism, omitsPid));
        }
    }
}
