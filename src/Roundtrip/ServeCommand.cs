using System.CommandLine;
using System.Net;
using Roundtrip.Processes;
using Roundtrip.Site;
using Roundtrip.Site.Wsgi;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary><c>roundtrip serve [FOLDER | -c FILE [-D NAME]...] [--http PORT] [--https PORT] [--bind ADDRESS] [--wsgi MODULE:CALLABLE]</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("FOLDER")
        {
            Description = "The folder to serve; the current one by default. Its site.conf, if any, is read.",
            DefaultValueFactory = _ => new DirectoryInfo("."),
        };
        folder.AcceptExistingOnly();
        var http = Port("--http", 8080, "The port for HTTP; 0 chooses a free one. For a folder.");
        var https = Port("--https", 8443, "The port for HTTPS; 0 chooses a free one. For a folder.");
        var bind = new Option<IPAddress>("--bind")
        {
            Description = "The address to listen at. For a folder.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (!IPAddress.TryParse(result.Tokens[0].Value, out IPAddress? address))
                {
                    result.AddError($"--bind takes an address such as 127.0.0.1, 0.0.0.0, ::1 or fe80::1%eth0, not '{result.Tokens[0].Value}'");
                }

                return address;
            },
        };
        var application = new Option<string>("--wsgi")
        {
            Description = "A WSGI application: a module of the folder and what in it is called. It is loaded again when its source changes.",
            HelpName = "MODULE:CALLABLE",
        };
        application.Validators.Add(result =>
        {
            if (result.Tokens is [var spec] && !ModuleName.IsApplication(spec.Value))
            {
                result.AddError($"--wsgi takes a module and what in it is called, such as shop:application, not '{spec.Value}'");
            }
        });
        Option<FileInfo> file = ConfigurationOptions.File();
        Option<string[]> defines = ConfigurationOptions.Defines();
        var command = new Command("serve", "Serves a folder, or what a configuration in httpd's language says.") { folder, http, https, bind, application, file, defines };
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is { Tokens.Count: > 0 } && (result.GetResult(folder) is { Tokens.Count: > 0 } || new Option[] { http, https, bind, application }.Any(option => result.GetResult(option) is { Tokens.Count: > 0 })))
            {
                result.AddError("with -c the configuration says what is served and where: FOLDER, --http, --https, --bind and --wsgi do not go with it");
            }
        });
        command.SetAction(parsed => parsed.GetValue(file) is { } configuration
            ? Run(new ConfigurationFile(configuration.FullName, parsed.GetValue(defines) ?? []))
            : Run(() => Served.Folder(new FolderAddress(
                parsed.GetRequiredValue(folder).FullName, parsed.GetRequiredValue(bind), parsed.GetValue(http), parsed.GetValue(https))
            { Application = parsed.GetValue(application) })));
        return command;
    }

    private static Option<ushort> Port(string name, ushort port, string description) => new(name)
    {
        Description = description,
        HelpName = "PORT",
        DefaultValueFactory = _ => port,
        CustomParser = result =>
        {
            if (!ushort.TryParse(result.Tokens[0].Value, out ushort value))
            {
                result.AddError($"{name} takes a port from 0 to 65535, not '{result.Tokens[0].Value}'");
            }

            return value;
        },
    };

    // Root has rights that a server must not have: they stay with a supervisor. Anybody else needs none.
    private static int Run(ConfigurationFile file) => Environment.IsPrivilegedProcess ? SupervisedService.Run(file) : Run(() => Served.File(file));

    // By this verbs find the server; a folder has none.
    private static PidFile? WritePidFile(Served served)
    {
        string path = SiteConfiguration.ProcessOf(served.Configuration.Main.Settings).PidFile;
        return path.Length == 0 ? null
            : PidFile.TryWrite(path, out PidFile? file, out string? error) ? file
            : throw new ServeException($"roundtrip: {error}", ExitCode.NotSo);
    }

    private static int Run(Func<Served> load)
    {
        using var signals = new Signals();
        try
        {
            Served served = load();
            using var host = ServingHost.Start(served, WorkerPools.OfServer(Environment.ProcessId));
            using PidFile? pidFile = WritePidFile(served);
            Console.Out.WriteLine($"ready {string.Join(' ', host.Urls)}");
            Console.Out.Flush();
            Obey(signals, host, load);
            return ExitCode.Done;
        }
        catch (ServeException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return fault.ExitCode;
        }
        catch (TransportException fault)
        {
            Console.Error.WriteLine($"roundtrip: {fault.Message}");
            return fault.IsRightMissing ? ExitCode.Missing : ExitCode.NotSo;
        }
    }

    // httpd's signals: TERM and INT end it, HUP and USR1 have it read its configuration again. WINCH, its graceful stop, is what a terminal sends when its window is resized: a supervisor
    // obeys it, a server that somebody started by hand does not.
    private static void Obey(Signals signals, ServingHost host, Func<Served> load)
    {
        while (true)
        {
            SignalSet arrived = signals.Wait();
            if ((arrived & (SignalSet.Terminate | SignalSet.Interrupt)) != 0)
            {
                return;
            }

            if ((arrived & (SignalSet.Hangup | SignalSet.User1)) != 0)
            {
                Reload(host, load);
            }
        }
    }

    private static void Reload(ServingHost host, Func<Served> load)
    {
        try
        {
            host.Apply(load());
            host.Say(Server.LogLevel.Notice, "the configuration was read again, and is served from now on");
        }
        catch (Exception fault) when (fault is ServeException or TransportException)
        {
            foreach (string line in fault.Message.Split('\n'))
            {
                host.Say(Server.LogLevel.Error, $"the configuration was read again and cannot be used, so nothing has changed: {line}");
            }
        }
    }
}
