using System.CommandLine;
using Roundtrip.Site.Wsgi;

namespace Roundtrip.Program;

/// <summary><c>roundtrip wsgi-file MODULE:FACTORY</c>: the file that a WSGIScriptAlias names, for an application that a function makes.</summary>
internal static class WsgiFileCommand
{
    public static Command Create()
    {
        var factory = new Argument<string>("MODULE:FACTORY") { Description = "A module and its function that makes the application, such as shortly:create_app." };
        var folder = new Option<string?>("--folder") { Description = "Where the module lies; the file's own folder unless said.", HelpName = "PATH" };
        var command = new Command("wsgi-file", "Writes a .wsgi file to standard output.") { factory, folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(factory), parsed.GetValue(folder)));
        return command;
    }

    private static int Run(string spec, string? folder)
    {
        string[] parts = spec.Split(':');
        if (parts is not [var module, var factory] || !ModuleName.IsDotted(module) || factory.Contains('.') || !ModuleName.IsDotted(factory))
        {
            Console.Error.WriteLine($"roundtrip: wsgi-file: '{spec}' is not a module, a colon and a function's name, such as shortly:create_app");
            return ExitCode.Usage;
        }

        string path = folder is null ? "os.path.dirname(os.path.abspath(__file__))" : Literal(Path.GetFullPath(folder));
        Console.Out.Write($"""
            {(folder is null ? "import os\n" : "")}import sys

            sys.path.insert(0, {path})

            from {module} import {factory}

            application = {factory}()

            """.ReplaceLineEndings("\n"));
        return ExitCode.Done;
    }

    private static string Literal(string text) =>
        "'" + string.Concat(text.Select(static c => c is '\'' or '\\' ? $"\\{c}" : c < ' ' ? $"\\x{(int)c:x2}" : c.ToString())) + "'";
}
