using System.Globalization;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary>What a configuration came to, in the words and columns of <c>apache2 -t -D DUMP_…</c>, so that what reads those reads these.</summary>
internal static class ConfigurationDump
{
    public static void WriteHosts(ConfigurationFile file, TextWriter output)
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

    public static void WriteRun(ConfigurationFile file, TextWriter output)
    {
        output.WriteLine($"ServerRoot: \"{file.Loaded.ServerRoot}\"");
        output.WriteLine($"Main DocumentRoot: \"{SiteConfiguration.DocumentRootOf(file.Built.Main.Settings)}\"");
        output.WriteLine($"Main ErrorLog: \"{SiteConfiguration.ErrorLogOf(file.Built.Main.Settings)}\"");
        foreach (string define in file.Loaded.Defines.Order(StringComparer.Ordinal))
        {
            output.WriteLine($"Define: {define}");
        }
    }

    public static void WriteModules(ConfigurationFile file, TextWriter output)
    {
        output.WriteLine("Loaded Modules:");
        foreach (string name in file.Loaded.Modules.Order(StringComparer.Ordinal))
        {
            output.WriteLine($" {name} ({(Modules.All.Any(module => module.Name == name && !module.IsAlwaysLoaded) ? "shared" : "static")})");
        }
    }

    public static void WriteIncludes(ConfigurationFile file, TextWriter output)
    {
        output.WriteLine("Included configuration files:");
        foreach (string path in file.Files)
        {
            output.WriteLine($"  {(path == file.Files[0] ? "(*)" : "   ")} {path}");
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
