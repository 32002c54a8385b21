using System.CommandLine;
using Roundtrip.Configuration;
using Roundtrip.Processes;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary><c>roundtrip graceful|stop|graceful-stop -c FILE</c>: tells the server whose PidFile the configuration names.</summary>
internal static class ControlCommands
{
    public static IEnumerable<Command> Create() =>
    [
        Create("graceful", "Has a running server read its configuration again, without losing a request.", SignalNumber.User1),
        Create("stop", "Ends a running server.", SignalNumber.Terminate),
        Create("graceful-stop", "Ends a running server when the requests under way are answered.", SignalNumber.WindowChange),
    ];

    private static Command Create(string name, string description, int signal)
    {
        Option<FileInfo> file = ConfigurationOptions.File();
        file.Required = true;
        Option<string[]> defines = ConfigurationOptions.Defines();
        var command = new Command(name, description) { file, defines };
        command.SetAction(parsed => Run(new ConfigurationFile(parsed.GetValue(file)!.FullName, parsed.GetValue(defines) ?? []), signal));
        return command;
    }

    private static int Run(ConfigurationFile file, int signal)
    {
        try
        {
            BuiltConfiguration built = file.Load(file.OpenSource());

            // A configuration with errors would be refused by the server too; for a stop it need only name the PidFile.
            if (signal == SignalNumber.User1 && built.Errors.Count > 0)
            {
                throw new ServeException(string.Join('\n', built.Errors), ExitCode.NotSo);
            }

            string pidFile = SiteConfiguration.ProcessOf(built.Main.Settings).PidFile;
            if (pidFile.Length == 0)
            {
                throw new ServeException($"roundtrip: {file.Path} names no PidFile", ExitCode.NotSo);
            }

            string? error = null;
            return PidFile.TryRead(pidFile, out int pid, out error) && RunningProcess.TrySignal(pid, signal, () => PidFile.TryRead(pidFile, out int again, out _) && again == pid, out error)
                ? ExitCode.Done
                : throw new ServeException($"roundtrip: {error}", ExitCode.NotSo);
        }
        catch (ServeException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return fault.ExitCode;
        }
    }
}
