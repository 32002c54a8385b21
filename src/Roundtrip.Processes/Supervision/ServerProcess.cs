using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Supervision;

/// <summary>The server as the supervisor has it: a child and the control channel to it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int ControlNumber = 3;

    // A server that does not read for so long has lost its loop.
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    private static readonly string[] OursOnly = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

    private ServerProcess(ChildProcess child, ControlChannel channel) => (Child, Channel) = (child, channel);

    public ChildProcess Child { get; }

    /// <summary>Null once the server has closed it or broken a rule of it.</summary>
    public ControlChannel? Channel { get; private set; }

    public static ServerProcess? TryStart(ServerStart start, string version, out SystemError? error)
    {
        ControlChannel? channel = null;
        try
        {
            channel = ControlChannel.CreatePair(out OwnedDescriptor theirs);
            using (theirs)
            {
                if (ChildProcess.TryStart(StartOf(start, version, theirs), out ChildProcess? child, out error))
                {
                    return new ServerProcess(child!, channel);
                }
            }
        }
        catch (ProcessException fault)
        {
            error = SystemError.Plain("socketpair", fault.Message);
        }

        channel?.Dispose();
        return null;
    }

    public bool TrySend(byte kind, ReadOnlySpan<byte> payload, IReadOnlyList<OwnedDescriptor> descriptors, out SystemError? error)
    {
        error = null;
        return Channel is not null && Channel.TrySend(kind, payload, descriptors, SendLimit, out error);
    }

    public void CloseChannel()
    {
        Channel?.Dispose();
        Channel = null;
    }

    public void Dispose()
    {
        CloseChannel();
        Child.Dispose();
    }

    // Standard output belongs to the ready line; whatever a server prints goes where its log goes.
    private static ChildStart StartOf(ServerStart start, string version, OwnedDescriptor control) => new()
    {
        Path = start.Path,
        Arguments = start.Arguments,
        Environment = EnvironmentOf(start, version),
        Descriptors = [new(OwnedDescriptor.StandardError, 1), new(OwnedDescriptor.StandardError, 2), new(control, ControlNumber)],
        HasNoNewPrivileges = start.Identity is not null,
    };

    private static List<string> EnvironmentOf(ServerStart start, string version)
    {
        List<string> environment = [.. (start.Environment ?? StringVector.OwnEnvironment()).Where(variable => !OursOnly.Contains(variable.Split('=')[0]))];
        environment.Add($"{SupervisedServer.ControlVariable}={ControlNumber}");
        environment.Add($"{SupervisedServer.VersionVariable}={version}");
        if (start.Identity is not null)
        {
            environment.Add($"{SupervisedServer.IdentityVariable}={start.Identity}");
        }

        // .NET would make a diagnostics socket, owned by root, before Main drops the rights.
        environment.RemoveAll(variable => variable.StartsWith("DOTNET_EnableDiagnostics=", StringComparison.Ordinal));
        environment.Add("DOTNET_EnableDiagnostics=0");
        return environment;
    }
}
