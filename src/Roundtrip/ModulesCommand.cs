using System.CommandLine;
using System.Text.Json;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary><c>roundtrip modules [--json]</c>: the modules that are built in, under httpd's names. All of them are in the program; <c>shared</c> are those that a configuration gets by LoadModule alone.</summary>
internal static class ModulesCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Prints a JSON array of objects with name, source and loaded (static or shared)." };
        var command = new Command("modules", "Lists the modules that are built in.") { json };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool asJson)
    {
        (string Name, string Source, string Kind)[] all = [.. Modules.All.Select(module => (module.Name, module.SourceFile, module.IsAlwaysLoaded ? "static" : "shared"))
            .OrderBy(module => module.Item3 == "shared").ThenBy(module => module.Name, StringComparer.Ordinal)];
        if (!asJson)
        {
            Console.Out.WriteLine("Built-in Modules:");
            foreach ((string name, _, string kind) in all)
            {
                Console.Out.WriteLine($" {name} ({kind})");
            }

            return ExitCode.Done;
        }

        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach ((string name, string source, string kind) in all)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("source", source);
            json.WriteString("loaded", kind);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return ExitCode.Done;
    }
}
