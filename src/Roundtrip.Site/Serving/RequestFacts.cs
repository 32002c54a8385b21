using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Serving;

/// <summary>
/// What is known of one request beside what its exchange says: the host, the settings that were merged for it, variables and notes. Made for a request that something asks about; it serves
/// expressions as their context (RequestFacts.Expressions.cs).
/// </summary>
/// <param name="exchange">It, while it is open, and in its end's log lines.</param>
/// <param name="host">The virtual host that serves it.</param>
public sealed partial class RequestFacts(Exchange exchange, SiteHost host) : IErrorLogContext
{
    private Dictionary<string, string>? _environment;
    private Dictionary<string, string>? _notes;

    public Exchange Exchange => exchange;

    public RequestHead Request => exchange.Request;

    public SiteHost Host => host;

    public PeerAddress Remote => exchange.Connection.Remote;

    /// <summary>The settings, from when the path was mapped.</summary>
    public SettingBag Settings { get; set; } = host.Settings;

    /// <summary>The full path of the file, as text; null before it is known, and for what is no file.</summary>
    public string? FileName { get; set; }

    /// <summary>The decoded path of the URL that was mapped: after an internal redirect the new one.</summary>
    public string? Path { get; set; }

    /// <summary>The handler's name; null before it is known.</summary>
    public string? Handler { get; set; }

    /// <summary>Whom the request's credentials proved to be; null where nobody asked for them.</summary>
    public string? User { get; set; }

    /// <summary>The request's environment: SetEnv, SetEnvIf and their kin. Names are compared as they are.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment ?? (IReadOnlyDictionary<string, string>)System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    public void SetEnvironment(string name, string value) => (_environment ??= [])[name] = value;

    public void UnsetEnvironment(string name) => _environment?.Remove(name);

    public string? NoteOf(string name) => _notes?.GetValueOrDefault(name);

    public void SetNote(string name, string value) => (_notes ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[name] = value;

    LogLevels IErrorLogContext.Levels => Settings.Get(CoreSettings.LogLevel);

    string? IErrorLogContext.Variable(string name) => Environment.GetValueOrDefault(name);

    string? IErrorLogContext.Note(string name) => NoteOf(name);

    /// <summary>The value of a request field, its lines joined as a list; null where it is not there. Bytes are read as Latin-1, so none is lost.</summary>
    public string? Field(string name)
    {
        string? value = null;
        foreach (ref readonly FieldEntry entry in Request.Fields)
        {
            if (Ascii.EqualsIgnoreCase(Request.At(entry.Name), name))
            {
                string line = Encoding.Latin1.GetString(Request.At(entry.Value));
                value = value is null ? line : $"{value}, {line}";
            }
        }

        return value;
    }
}
