using System.Text.Json;
using Roundtrip.Configuration;
using Roundtrip.Configuration.VirtualHosts;

namespace Roundtrip.Program;

/// <summary>
/// A configuration for programs: <c>{"ok", "errors": [{"file", "line", "message"}], "warnings", "modules", "files", "hosts": [{"addresses", "name", "aliases", "file", "line"}]}</c>.
/// </summary>
internal static class ConfigurationJson
{
    public static void Write(LoadedFile file, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("ok", file.Built.Errors.Count == 0);
        WriteMessages(json, "errors", file.Built.Errors);
        WriteMessages(json, "warnings", file.Built.Warnings);
        WriteTexts(json, "modules", file.Loaded.Modules.Order(StringComparer.Ordinal));
        WriteTexts(json, "files", file.Files);
        json.WriteStartArray("hosts");
        foreach (ServerConfiguration host in file.Built.Hosts)
        {
            json.WriteStartObject();
            WriteTexts(json, "addresses", host.Addresses.Select(address => address.ToString()));
            json.WriteString("name", host.Name);
            WriteTexts(json, "aliases", host.Aliases);
            WritePosition(json, host.Position);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter json, string name, IEnumerable<ConfigurationError> messages)
    {
        json.WriteStartArray(name);
        foreach (ConfigurationError message in messages)
        {
            json.WriteStartObject();
            WritePosition(json, message.Position);
            json.WriteString("message", message.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePosition(Utf8JsonWriter json, SourcePosition position)
    {
        json.WriteString("file", position.File);
        json.WriteNumber("line", position.Line);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
