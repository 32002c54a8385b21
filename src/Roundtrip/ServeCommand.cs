using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Runtime.InteropServices;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary><c>roundtrip serve [FOLDER] [--http PORT] [--https PORT] [--bind ADDRESS]</c>, or <c>roundtrip serve -c FILE [-D NAME]</c></summary>
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
        Option<string> file = ConfigurationFile.FileOption("Serves what this configuration of Apache httpd says, instead of a folder.");
        Option<string[]> defines = ConfigurationFile.DefineOption();
        var command = new Command("serve", "Serves a folder over HTTP and HTTPS, or a configuration.") { folder, http, https, bind, file, defines };
        command.Validators.Add(result =>
        {
            bool hasFile = result.GetResult(file) is { Implicit: false };
            if (hasFile && (result.GetResult(folder) is { Tokens.Count: > 0 } || ((SymbolResult?[])[result.GetResult(http), result.GetResult(https), result.GetResult(bind)]).Any(IsGiven)))
            {
                result.AddError("serve takes a FOLDER with --http, --https and --bind, or -c FILE, which says all of that itself");
            }
        });
        command.SetAction(parsed => parsed.GetValue(file) is { } path
            ? Run(() => ServingHost.Start(ConfigurationFile.Read(path, parsed.GetRequiredValue(defines)).Built))
            : Run(() => ServingHost.Start(new FolderAddress(
                parsed.GetRequiredValue(folder).FullName, parsed.GetRequiredValue(bind), parsed.GetValue(http), parsed.GetValue(https)))));
        return command;
    }

    private static bool IsGiven(SymbolResult? result) => result is OptionResult { Implicit: false };

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

    private static int Run(Func<ServingHost> start)
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
            using ServingHost host = start();
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
