using System.CommandLine;

namespace Roundtrip.Program;

/// <summary><c>roundtrip configtest -c FILE [-S] [-D NAME] [--json]</c>: says whether a configuration can be used, and what it comes to.</summary>
internal static class ConfigtestCommand
{
    private const string Default = "/etc/apache2/apache2.conf";

    // What httpd's -t -D NAME prints. They are defined for the configuration too, as there.
    private static readonly Dictionary<string, Action<LoadedFile, TextWriter>> Dumps = new()
    {
        ["DUMP_VHOSTS"] = ConfigurationDump.WriteHosts,
        ["DUMP_RUN_CFG"] = ConfigurationDump.WriteRun,
        ["DUMP_MODULES"] = ConfigurationDump.WriteModules,
        ["DUMP_INCLUDES"] = ConfigurationDump.WriteIncludes,
    };

    public static Command Create()
    {
        Option<FileInfo> file = ConfigurationOptions.File();
        Option<string[]> defines = ConfigurationOptions.Defines();
        var hosts = new Option<bool>("-S") { Description = "Prints the virtual hosts, as -D DUMP_VHOSTS -D DUMP_RUN_CFG does." };
        var modules = new Option<bool>("-M") { Description = "Prints the loaded modules, as -D DUMP_MODULES does." };
        var test = new Option<bool>("-t") { Description = "Does nothing: the verb tests anyway. apache2's habit." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object on standard output." };
        var command = new Command("configtest", "Checks a configuration; prints its virtual hosts and modules.") { file, defines, hosts, modules, test, json };
        command.SetAction(parsed =>
        {
            string[] names = parsed.GetValue(defines) ?? [];
            string[] implied = [.. parsed.GetValue(hosts) ? ["DUMP_VHOSTS", "DUMP_RUN_CFG"] : (string[])[], .. parsed.GetValue(modules) ? ["DUMP_MODULES"] : (string[])[]];
            return Run(parsed.GetValue(file)?.FullName ?? Default, [.. implied, .. names], parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string path, IReadOnlyList<string> defines, bool json)
    {
        LoadedFile file;
        try
        {
            file = LoadedFile.Read(new ConfigurationFile(path, defines));
        }
        catch (ServeException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return fault.ExitCode;
        }

        bool isUsable = file.Built.Errors.Count == 0;
        if (json)
        {
            ConfigurationJson.Write(file, Console.OpenStandardOutput());
            return isUsable ? ExitCode.Done : ExitCode.NotSo;
        }

        foreach (var line in file.Built.Warnings.Select(warning => $"{warning.Position}: warning: {warning.Message}").Concat(file.Built.Errors.Select(error => error.ToString())))
        {
            Console.Error.WriteLine(line);
        }

        if (!isUsable)
        {
            return ExitCode.NotSo;
        }

        foreach (string define in defines.Distinct())
        {
            if (Dumps.TryGetValue(define, out var dump))
            {
                dump(file, Console.Out);
            }
        }

        if (!defines.Any(Dumps.ContainsKey))
        {
            Console.Out.WriteLine("Syntax OK");
        }

        return ExitCode.Done;
    }
}
