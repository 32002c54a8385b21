using System.Net;
using System.Net.Sockets;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Supervision;
using Roundtrip.Processes.Systemd;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Tests.Child;

/// <summary>
/// A service whose configuration is a file <c>config</c> in a folder: the words that the server gets, then lines <c>listen NAME</c>, <c>user NAME</c>, <c>error TEXT</c>,
/// <c>pipe COMMAND</c>, <c>start COMMAND</c>, <c>output COMMAND</c>, <c>missing PATH</c>. Its log is <c>log</c> there; a listener's port is written to <c>port-NAME</c>.
/// </summary>
internal sealed class TestService(string folder) : ISupervisedService
{
    public static int RunSupervisor(string folder)
    {
        var options = new SupervisorOptions
        {
            Version = "test",
            Times = new SupervisorTimes { Acknowledgement = Limit("ACKNOWLEDGEMENT_MS", 20_000), Stop = Limit("STOP_MS", 10_000) },
            Ready = () => Console.Out.WriteLine("ready"),
            PidFile = Path.Combine(folder, "pid"),
            Notifier = ServiceNotifier.FromEnvironment(),
            LaunchAs = new LaunchAs(Environment.ProcessPath!, [typeof(TestService).Assembly.Location, "launch-as"]),
        };
        return Supervisor.Run(new TestService(folder), options);
    }

    public bool TryLoad(KeptDescriptors kept, out Generation? generation, out IReadOnlyList<string> errors)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "config"));
        var (descriptors, startables, programs, faults) = (new List<NamedDescriptor>(), new List<Startable>(), new List<PipedProgram>(), new List<string>());
        Identity? identity = null;
        generation = null;
        errors = faults;
        foreach (string[] words in lines.Skip(1).Select(line => line.Split(' ', 2)))
        {
            switch (words[0])
            {
                case "listen":
                    descriptors.Add(kept.GetOrOpen(words[1], () => Listen(words[1]))!);
                    break;
                case "user" when !UserDatabase.TryFind(words[1], null, out identity, out string? fault):
                    faults.Add(fault!);
                    break;
                case "error":
                    faults.Add(words[1]);
                    break;
                case "start":
                    startables.Add(new Startable("script", new ChildStart { Path = "/bin/sh", Arguments = ["-c", words[1]], Descriptors = [new(OwnedDescriptor.StandardError, 2)] })
                    {
                        SocketNumber = 1,
                        Identity = identity,
                    });
                    break;
                case "output":
                    startables.Add(new Startable("talker", new ChildStart { Path = "/bin/sh", Arguments = ["-c", words[1]] }) { Identity = identity, OutputNumbers = [1, 2] });
                    break;
                case "missing":
                    startables.Add(new Startable("missing", new ChildStart { Path = words[1] }));
                    break;
                case "pipe":
                    _ = PipedCommand.TryParse(words[1], out PipedCommand? command, out _);
                    _ = PipedProgram.TryStart(command!, OwnedDescriptor.StandardError, Console.Error.WriteLine, 2000, Environment.TickCount64, out PipedProgram? program, out _);
                    programs.Add(program!);
                    descriptors.Add(new NamedDescriptor("piped", program!.Writer, IsKept: false));
                    break;
            }
        }

        if (faults.Count > 0)
        {
            return false;
        }

        _ = OwnedDescriptor.TryOpenAppend(Path.Combine(folder, "log"), 0x1A0, null, out OwnedDescriptor? log, out _);
        descriptors.Add(new NamedDescriptor("log", log!, IsKept: false));
        generation = new Generation
        {
            Payload = System.Text.Encoding.UTF8.GetBytes(lines[0]),
            Server = new ServerStart(Environment.ProcessPath!, [typeof(TestService).Assembly.Location, "server"], identity),
            Descriptors = descriptors,
            Startables = startables,
            Programs = programs,
        };
        return true;
    }

    private OwnedDescriptor Listen(string name)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(4096);
        File.WriteAllText(Path.Combine(folder, $"port-{name}"), ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return OwnedDescriptor.DuplicateOf(socket.SafeHandle);
    }

    private static long Limit(string variable, long fallback) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), out long milliseconds) ? milliseconds : fallback;
}
