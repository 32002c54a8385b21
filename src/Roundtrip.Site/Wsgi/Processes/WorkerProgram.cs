using System.Reflection;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>What a worker runs: the interpreter, the program's source in sealed memory, its arguments and environment. All of it comes from the configuration.</summary>
internal static class WorkerProgram
{
    /// <summary>The interpreter where neither python-home nor WSGIPythonHome says one.</summary>
    public const string DefaultInterpreter = "/usr/bin/python3";

    /// <summary>The worker's number of its control socket.</summary>
    public const int ControlNumber = 3;

    private const int SourceNumber = 4;

    /// <summary>Descriptors 1 and 2 of a worker are one pipe: what a program writes below Python's own streams is in the log too.</summary>
    public static readonly IReadOnlyList<int> OutputNumbers = [1, 2];

    private static readonly Lazy<OwnedDescriptor> Source = new(() =>
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("worker.py")!;
        byte[] source = new byte[resource.Length];
        resource.ReadExactly(source);
        return SealedMemory.Create(source);
    });

    /// <summary>Where the interpreter of a group is.</summary>
    public static string InterpreterOf(WorkerGroupDefinition definition) =>
        definition.PythonHome.Length > 0 ? Path.Combine(definition.PythonHome, "bin/python3") : DefaultInterpreter;

    /// <summary>Null, or why no process of the group can be started, and what to do about it.</summary>
    public static string? FaultOf(WorkerGroupDefinition definition)
    {
        string interpreter = InterpreterOf(definition);
        return File.Exists(interpreter) ? null
            : definition.PythonHome.Length > 0
                ? $"there is no {interpreter}: python-home (or WSGIPythonHome) must be the folder of a virtual environment, as python3 -m venv {definition.PythonHome} makes it"
                : $"there is no {interpreter}: install Python (apt install python3), or say python-home=FOLDER with FOLDER/bin/python3";
    }

    /// <summary>How a process of the group is started, but for its control socket and where its errors go.</summary>
    /// <exception cref="Roundtrip.Processes.ProcessException">There is no memory or descriptor left.</exception>
    public static ChildStart StartOf(WorkerGroupDefinition definition) => new()
    {
        Path = InterpreterOf(definition),
        Arguments = [$"/dev/fd/{SourceNumber}", NameOf(definition), WorkerConfiguration.Of(definition)],
        Environment = EnvironmentOf(definition),
        Descriptors = [new(Source.Value, SourceNumber)],
    };

    /// <summary>What process lists show.</summary>
    public static string NameOf(WorkerGroupDefinition definition) =>
        definition.DisplayName is not ("" or "%{GROUP}") ? definition.DisplayName
        : definition.Name.Length == 0 ? "(wsgi)"
        : $"(wsgi:{definition.Name})";

    // The server's own, as mod_wsgi has it, but for what is between the server and who started it, and what would lead a virtual environment's interpreter elsewhere.
    private static List<string> EnvironmentOf(WorkerGroupDefinition definition)
    {
        var environment = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            bool isOurs = name.StartsWith("ROUNDTRIP_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal)
                || name is "NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID" or "LISTEN_PID" or "LISTEN_FDS" or "LISTEN_FDNAMES";
            bool isSaid = name is "PYTHONHOME" or "PYTHONPATH" or "PYTHONSTARTUP" || (name is "LANG" && definition.Lang.Length > 0) || (name is "LC_ALL" && definition.Locale.Length > 0);
            if (!isOurs && !isSaid)
            {
                environment.Add($"{name}={variable.Value}");
            }
        }

        if (definition.Lang.Length > 0)
        {
            environment.Add($"LANG={definition.Lang}");
        }

        if (definition.Locale.Length > 0)
        {
            environment.Add($"LC_ALL={definition.Locale}");
        }

        return environment;
    }
}
