using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary><c>roundtrip serve [FOLDER] [--http PORT] [--https PORT] [--bind ADDRESS]</c></summary>
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
        var http = Port("--http", 8080, "The port for HTTP; 0 chooses a free one.");
        var https = Port("--https", 8443, "The port for HTTPS; 0 chooses a free one.");
        var bind = new Option<IPAddress>("--bind")
        {
            Description = "The address to listen at.",
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
        var command = new Command("serve", "Serves a folder over HTTP and HTTPS.") { folder, http, https, bind };
        command.SetAction(parsed => Run(new FolderAddress(
            parsed.GetRequiredValue(folder).FullName, parsed.GetRequiredValue(bind), parsed.GetValue(http), parsed.GetValue(https))));
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

    private static int Run(FolderAddress where)
    {
        using var stop = new ManualResetEventSlim();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Set();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        try
        {
            using var host = ServingHost.Start(where);
            Console.Out.WriteLine($"ready {string.Join(' ', host.Urls)}");
            Console.Out.Flush();
            stop.Wait();
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
}
