using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>The second argument of worker.py: what it may run, and within which limits, as a JSON object.</summary>
internal static class WorkerConfiguration
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>ASCII alone: what no locale of the worker can read otherwise.</summary>
    public static string Of(WorkerGroupDefinition definition)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("threads", definition.Threads);
            json.WriteNumber("processes", definition.Processes);
            WriteList(json, "scripts", definition.Scripts);
            WriteList(json, "folders", definition.Folders);
            WriteList(json, "python-path", definition.PythonPath);
            WriteList(json, "import", definition.Imports);
            json.WriteStartArray("preload");
            foreach ((string file, string callable) in definition.Preload)
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("callable", callable);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteText(json, "module", definition.Module);
            WriteText(json, "home", definition.Home);
            WriteText(json, "locale", definition.Locale);
            json.WriteBoolean("reloads", definition.ReloadsSources);
            json.WriteNumber("shutdown-timeout", definition.ShutdownTimeout.TotalSeconds);
            json.WriteNumber("cpu-time-limit", Math.Ceiling(definition.CpuTimeLimit.TotalSeconds));
            json.WriteNumber("memory-limit", definition.MemoryLimit);
            if (definition.Umask is { } umask)
            {
                json.WriteNumber("umask", umask);
            }

            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(bytes.ToArray());
    }

    private static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
