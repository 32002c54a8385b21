using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Processes;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Supervision;
using Roundtrip.Processes.Systemd;
using Roundtrip.Processes.Users;
using Roundtrip.Site;
using Roundtrip.Site.Core;
using Roundtrip.Site.Tls;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Files;

namespace Roundtrip.Program;

/// <summary>
/// What a supervisor started by root does with a configuration file: reads it, opens the ports, logs and keys that it names, and has a server without rights serve it. That server is given
/// what was read, not the right to read.
/// </summary>
internal sealed class SupervisedService : ISupervisedService
{
    private const uint LogMode = 0x1A0; // 0640
    private const long ProgramGrace = 5_000;

    private readonly ConfigurationFile _file;
    private readonly List<ActivatedSocket> _activated;
    private OwnedDescriptor _errorLog = OwnedDescriptor.StandardError;

    private SupervisedService(ConfigurationFile file, IReadOnlyList<ActivatedSocket> activated) => (_file, _activated) = (file, [.. activated]);

    /// <summary>The addresses that the last configuration listens at.</summary>
    private IReadOnlyList<string> Urls { get; set; } = [];

    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>The program's exit code.</returns>
    public static int Run(ConfigurationFile file)
    {
        if (!SocketActivation.TryTake(out IReadOnlyList<ActivatedSocket> sockets, out string? fault))
        {
            Console.Error.WriteLine($"roundtrip: {fault}");
            return ExitCode.NotSo;
        }

        string pidFile;
        try
        {
            // Its name is needed before the first load, which the supervisor makes.
            pidFile = SiteConfiguration.ProcessOf(file.Load(file.OpenSource()).Main.Settings).PidFile;
        }
        catch (ServeException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return wrong.ExitCode;
        }

        var service = new SupervisedService(file, sockets);
        using ServiceNotifier? notifier = ServiceNotifier.FromEnvironment();
        return Supervisor.Run(service, new SupervisorOptions
        {
            Version = Build.Version,
            PidFile = pidFile.Length > 0 ? pidFile : null,
            Notifier = notifier,
            Log = service.Say,
            Ready = () =>
            {
                Console.Out.WriteLine($"ready {string.Join(' ', service.Urls)}");
                Console.Out.Flush();
            },
            LaunchAs = new LaunchAs(Build.ProgramPath, [.. Build.ProgramArguments, SupervisedServerCommand.BecomeName]),
        });
    }

    public bool TryLoad(KeptDescriptors kept, out Generation? generation, out IReadOnlyList<string> errors)
    {
        generation = null;
        var opened = new List<NamedDescriptor>();
        var programs = new List<PipedProgram>();
        try
        {
            var source = new RecordingSource(_file.OpenSource());
            BuiltConfiguration built = _file.Load(source);
            if (built.Errors.Count > 0)
            {
                errors = [.. built.Errors.Select(error => error.ToString())];
                return false;
            }

            Urls = OpenListeners(built, source, kept, opened);
            OpenLogs(built, opened, programs);
            Identity? identity = IdentityOf(built);
            if (!WorkerStartables.TryMake(built, identity, out IReadOnlyList<Startable> startables, out string? fault))
            {
                throw new ServeException($"roundtrip: {fault}", ExitCode.NotSo);
            }

            generation = new Generation
            {
                Payload = ServedPayload.Write(_file, source.ToBytes()),
                Server = new ServerStart(Build.ProgramPath, [.. Build.ProgramArguments, SupervisedServerCommand.Name], identity),
                Descriptors = opened,
                Programs = programs,
                Startables = startables,
            };
            errors = [];
            return true;
        }
        catch (Exception wrong) when (wrong is ServeException or TransportException or ProcessException)
        {
            opened.FindAll(named => !named.IsKept).ForEach(named => named.Descriptor.Dispose());
            programs.ForEach(program => program.Dispose());
            errors = wrong.Message.Split('\n');
            return false;
        }
    }

    private static Identity? IdentityOf(BuiltConfiguration built)
    {
        (string user, string group, _) = SiteConfiguration.ProcessOf(built.Main.Settings);
        if (user.Length == 0)
        {
            throw new ServeException("roundtrip: a server that root starts needs a User to run as: User www-data", ExitCode.NotSo);
        }

        if (!UserDatabase.TryFind(user, group.Length > 0 ? group : null, out Identity? identity, out string? error))
        {
            throw new ServeException($"roundtrip: User and Group: {error}", ExitCode.NotSo);
        }

        return identity!.UserId != 0
            ? identity
            : throw new ServeException("roundtrip: User root is not possible: the server that talks to the network must have no rights", ExitCode.NotSo);
    }

    // The certificates are loaded too, so that a wrong one is found here, and what the server will need of them is recorded.
    private List<string> OpenListeners(BuiltConfiguration built, RecordingSource source, KeptDescriptors kept, List<NamedDescriptor> opened)
    {
        var urls = new List<string>();
        var tls = new TlsHosts(built, source);
        var seen = new HashSet<PeerAddress>();
        foreach (ListenAddress listen in SiteConfiguration.ListensOf(built.Main.Settings))
        {
            bool isSecure = tls.Of(listen.Address) is not null;
            foreach (PeerAddress address in Served.AddressesOf(listen).Where(seen.Add))
            {
                if (!kept.Names.Contains(ServedPayload.ListenerName(address, 0)) && !_activated.Exists(socket => PeerAddress.From(socket.Address.Address, (ushort)socket.Address.Port) == address))
                {
                    EpollLoop.EnsureFree(address);
                }

                for (int i = 0; i < Environment.ProcessorCount; i++)
                {
                    opened.Add(kept.GetOrOpen(ServedPayload.ListenerName(address, i), () => Open(address))!);
                }

                urls.Add($"{(isSecure ? "https" : "http")}://{address}/");
            }
        }

        return urls;
    }

    // systemd's socket for the address where there is one: all loops then share it.
    private OwnedDescriptor Open(PeerAddress address)
    {
        if (_activated.Find(socket => PeerAddress.From(socket.Address.Address, (ushort)socket.Address.Port) == address) is { } given)
        {
            return given.Descriptor.Duplicate();
        }

        using System.Runtime.InteropServices.SafeHandle socket = EpollLoop.OpenListener(address);
        return OwnedDescriptor.DuplicateOf(socket);
    }

    private void OpenLogs(BuiltConfiguration built, List<NamedDescriptor> opened, List<PipedProgram> programs)
    {
        uint? group = UserDatabase.TryFindGroup("adm", out uint adm) ? adm : null;
        string main = SiteConfiguration.ErrorLogTargetOf(built.Main.Settings);
        foreach (string target in SiteConfiguration.LogTargetsOf(built))
        {
            OwnedDescriptor descriptor = target.StartsWith('|') ? StartProgram(target, programs) : OpenFile(target, group);
            opened.Add(new NamedDescriptor(ServedPayload.LogName(target), descriptor, IsKept: false));
            if (target == main)
            {
                _errorLog = descriptor.Duplicate();
            }
        }
    }

    private static OwnedDescriptor OpenFile(string path, uint? group) => OwnedDescriptor.TryOpenAppend(path, LogMode, group, out OwnedDescriptor? opened, out SystemError? fault)
        ? opened!
        : throw new ServeException($"roundtrip: the log cannot be opened: {fault}", ExitCode.NotSo);

    private OwnedDescriptor StartProgram(string target, List<PipedProgram> programs)
    {
        if (!PipedCommand.TryParse(target, out PipedCommand? command, out string? error))
        {
            throw new ServeException($"roundtrip: {target}: {error}", ExitCode.NotSo);
        }

        if (!PipedProgram.TryStart(command!, OwnedDescriptor.StandardError, Say, ProgramGrace, Environment.TickCount64, out PipedProgram? program, out SystemError? fault))
        {
            throw new ServeException($"roundtrip: {target}: {fault}", ExitCode.NotSo);
        }

        programs.Add(program!);
        return program!.Writer;
    }

    private void Say(string message)
    {
        byte[] line = Encoding.UTF8.GetBytes(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{DateTime.Now:ddd MMM dd HH:mm:ss.ffffff yyyy}] [core:notice] [pid {Environment.ProcessId}] {message}\n"));
        if (AppendFile.Over(_errorLog.Number).Write(line, out _) < line.Length)
        {
            // The error log cannot be written: what it would have had goes where the service's own words go.
            Console.Error.Write(Encoding.UTF8.GetString(line));
        }
    }
}
