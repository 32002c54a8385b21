using System.Globalization;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Processes.Users;
using Roundtrip.Site;
using Roundtrip.Site.Core;

namespace Roundtrip.Program;

/// <summary>What a configuration came to, in the words and columns of <c>apache2 -t -D DUMP_…</c>, so that what reads those reads these.</summary>
internal static class ConfigurationDump
{
    public static void WriteHosts(LoadedFile file, TextWriter output)
    {
        output.WriteLine("VirtualHost configuration:");

        // Deviates: httpd lists addresses in the order of its hash table; here they stand in the file's, wildcards last, as they are looked up.
        foreach ((HostAddress address, HostTable table) in file.Built.Map.Tables.OrderBy(pair => pair.Key.Address is null).ThenBy(pair => pair.Value.Default.Index))
        {
            if (table.Hosts.Count == 1)
            {
                output.WriteLine($"{address,-22} {NameAndPlace(table.Default)}");
                continue;
            }

            output.WriteLine($"{address,-22} is a NameVirtualHost");
            output.WriteLine($"         default server {NameAndPlace(table.Default)}");
            string port = address.Port == 0 ? "*" : address.Port.ToString(CultureInfo.InvariantCulture);
            foreach (ServerConfiguration host in table.Hosts)
            {
                output.WriteLine($"         port {port} namevhost {NameAndPlace(host)}");
                WriteAliases(host, output);
            }
        }
    }

    public static void WriteRun(LoadedFile file, TextWriter output)
    {
        output.WriteLine($"ServerRoot: \"{file.Loaded.ServerRoot}\"");
        output.WriteLine($"Main DocumentRoot: \"{SiteConfiguration.DocumentRootOf(file.Built.Main.Settings)}\"");
        output.WriteLine($"Main ErrorLog: \"{SiteConfiguration.ErrorLogTargetOf(file.Built.Main.Settings)}\"");

        // Deviates: httpd names the mutexes of its modules too, which are not there here.
        MutexSetting mutex = SiteConfiguration.MutexOf(file.Built.Main.Settings);
        output.WriteLine($"Mutex default: dir=\"{mutex.Folder}\" mechanism={mutex.Mechanism} {(mutex.OmitsPid ? "[OmitPid]" : "")}");
        (string user, string group, string pidFile) = SiteConfiguration.ProcessOf(file.Built.Main.Settings);
        if (pidFile.Length > 0)
        {
            output.WriteLine($"PidFile: \"{pidFile}\"");
        }

        foreach ((string name, string? value) in file.Loaded.Defines)
        {
            output.WriteLine($"Define: {name}{(value is null ? "" : $"={value}")}");
        }

        WriteAccount("User", user, UserDatabase.TryFindUser(user, out _, out uint userId) ? userId : null, output);
        WriteAccount("Group", group, UserDatabase.TryFindGroup(group, out uint groupId) ? groupId : null, output);
    }

    public static void WriteModules(LoadedFile file, TextWriter output)
    {
        output.WriteLine("Loaded Modules:");
        foreach (string name in file.Loaded.Modules.Order(StringComparer.Ordinal))
        {
            output.WriteLine($" {name} ({(Modules.All.Any(module => module.Name == name && !module.IsAlwaysLoaded) ? "shared" : "static")})");
        }
    }

    public static void WriteIncludes(LoadedFile file, TextWriter output)
    {
        output.WriteLine("Included configuration files:");
        foreach (string path in file.Files)
        {
            output.WriteLine($"  {(path == file.Files[0] ? "(*)" : "   ")} {path}");
        }
    }

    // Deviates: what is not set is the account of whoever starts the server, and has no line; httpd says #-1. Who does not exist has no number.
    private static void WriteAccount(string word, string name, uint? number, TextWriter output)
    {
        if (name.Length > 0)
        {
            output.WriteLine($"{word}: name=\"{name}\"{(number is null ? "" : $" id={number}")}{(Environment.IsPrivilegedProcess ? "" : " not_used")}");
        }
    }

    private static string NameAndPlace(ServerConfiguration host) => $"{(host.Name.Length > 0 ? host.Name : Environment.MachineName)} ({host.Position})";

    private static void WriteAliases(ServerConfiguration host, TextWriter output)
    {
        foreach (string alias in host.Aliases.OrderBy(Glob.IsPattern))
        {
            output.WriteLine($"                 {(Glob.IsPattern(alias) ? "wild alias" : "alias")} {alias}");
        }
    }
}
