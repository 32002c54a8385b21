using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Access;
using Roundtrip.Site.Core;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Serving;

/// <summary>
/// What is known of one request beside what its exchange says: the host, the settings that were merged for it, variables and notes. Made for a request that something asks about; it serves
/// expressions as their context (RequestFacts.Expressions.cs).
/// </summary>
/// <param name="exchange">It, while it is open, and in its end's log lines.</param>
/// <param name="host">The virtual host that serves it.</param>
public sealed partial class RequestFacts(Exchange exchange, SiteHost host) : IErrorLogContext
{
    private static readonly IReadOnlyDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;

    private Dictionary<string, string>? _environment;
    private Dictionary<string, string>? _notes;
    private RequestHead? _edited;
    private List<string>? _lookedAt;

    public Exchange Exchange => exchange;

    /// <summary>The request as RequestHeader has left it; for an error document the one that asks for it. What the client sent is the exchange's.</summary>
    public RequestHead Request => _edited ?? exchange.Request;

    public SiteHost Host => host;

    public PeerAddress Remote => exchange.Connection.Remote;

    /// <summary>What the exchange's context was before an internal redirect took its place; null where none did.</summary>
    internal object? Original { get; private init; }

    /// <summary>The status of the error whose document this is asked for; 200 where it is none.</summary>
    internal int ErrorStatus { get; private init; } = 200;

    /// <summary>The settings, from when the path was mapped.</summary>
    public SettingBag Settings { get; set; } = host.Settings;

    /// <summary>The full path of the file, as text; null before it is known, and for what is no file.</summary>
    public string? FileName { get; set; }

    /// <summary>The decoded path of the URL that was mapped: after an internal redirect the new one.</summary>
    public string? Path { get; set; }

    /// <summary>The handler's name; null before it is known.</summary>
    public string? Handler { get; set; }

    /// <summary>When the request came, in milliseconds since 1970.</summary>
    public long ReceivedAt => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - Elapsed;

    /// <summary>How long it has taken so far, in milliseconds.</summary>
    public long Elapsed => Math.Max(0, exchange.Connection.Now - exchange.StartedAt);

    /// <summary>The names that rules of access may ask for; null where none can be had, which is a failure for who asks.</summary>
    internal PeerNames? Names { get; init; }

    /// <summary>The question that a rule of access waits for; null where none does.</summary>
    internal NameQuestion? WantedName { get; private set; }

    /// <summary>The request fields that expressions have looked at so far, as a value of Vary; null where there are none.</summary>
    internal string? Vary => _lookedAt is null ? null : string.Join(", ", _lookedAt);

    /// <summary>Whom the request's credentials proved to be; null where nobody asked for them.</summary>
    public string? User { get; set; }

    /// <summary>The request's environment: SetEnv, SetEnvIf and their kin. As in httpd's tables, a name is found without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment ?? NoVariables;

    public void SetEnvironment(string name, string value) => (_environment ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[name] = value;

    public void UnsetEnvironment(string name) => _environment?.Remove(name);

    /// <summary>The request that a handler is to obey: with RequestHeader's edits, where there are any.</summary>
    internal static RequestHead RequestOf(Exchange exchange) => exchange.Context is RequestFacts facts ? facts.Request : exchange.Request;

    /// <summary>The facts of a request for a path, as its resource knows them.</summary>
    internal static RequestFacts Of(Exchange exchange, ResourceAbout about, PeerNames? names = null) =>
        new(exchange, about.Host) { Settings = about.Settings, FileName = about.FileName, Path = about.Path, Handler = about.Handler, Names = names };

    /// <summary>The facts of the internal redirect from a request that was refused to the page that says so.</summary>
    /// <param name="target">The page's path, and perhaps a query.</param>
    internal static RequestFacts OfErrorDocument(Exchange exchange, ResourceAbout page, int status, string target)
    {
        var original = exchange.Context as RequestFacts;
        RequestFacts facts = new(exchange, page.Host)
        {
            Settings = page.Settings,
            FileName = page.FileName,
            Path = page.Path,
            Handler = page.Handler,
            User = original?.User,
            Original = exchange.Context,
            ErrorStatus = status,
            _edited = RequestOf(exchange).WithTarget(Encoding.Latin1.GetBytes(target)),
        };

        // http_request.c, rename_original_env: what was known of the request is known of the page's as REDIRECT_.
        foreach ((string name, string value) in original?.Environment ?? NoVariables)
        {
            facts.SetEnvironment($"REDIRECT_{name}", value);
        }

        facts.SetEnvironment("REDIRECT_URL", original?.Path ?? (exchange.Context as ResourceAbout)?.Path ?? "");
        facts.SetEnvironment("REDIRECT_STATUS", status.ToString(CultureInfo.InvariantCulture));
        if (exchange.Request.HasQuery)
        {
            facts.SetEnvironment("REDIRECT_QUERY_STRING", Text(exchange.Request.Query));
        }

        return facts;
    }

    /// <summary>RequestHeader.</summary>
    /// <param name="isEarly">Whether it is the time of its early edits, or of the others.</param>
    internal void EditRequest(FieldEdits edits, bool isEarly)
    {
        if (!edits.All.Any(edit => edit.IsEarly == isEarly))
        {
            return;
        }

        var fields = new FieldList();
        fields.Add(Request);
        foreach (FieldEdit edit in edits.All)
        {
            if (edit.IsEarly == isEarly)
            {
                edit.Apply(fields, this);
            }
        }

        _edited = Request.WithFields([.. fields.All]);
    }

    /// <summary>Takes over what SetEnvIf found, all that is set.</summary>
    internal void TakeVariables(VariableOutcome outcome) =>
        _environment = outcome.Variables.Count == 0 ? null : new Dictionary<string, string>(outcome.Variables, StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds what SetEnvIf found to what is there.</summary>
    internal void AddVariables(VariableOutcome outcome)
    {
        foreach ((string name, string value) in outcome.Variables)
        {
            SetEnvironment(name, value);
        }
    }

    /// <summary>SetEnv and PassEnv. mod_env lays its table under the one that SetEnvIf has filled.</summary>
    internal void AddFixedVariables(FixedVariables variables)
    {
        foreach ((string name, string value) in variables.All)
        {
            if (!Environment.ContainsKey(name))
            {
                SetEnvironment(name, value);
            }
        }
    }

    public string? NoteOf(string name) => _notes?.GetValueOrDefault(name);

    public void SetNote(string name, string value) => (_notes ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[name] = value;

    /// <returns>Null where it has to be looked up first, which is noted in <see cref="WantedName"/>.</returns>
    internal NameAnswer? Ask(NameQuestion question)
    {
        if (Names is null)
        {
            return NameAnswer.Failed;
        }

        NameAnswer? answer = Names.Find(question);
        WantedName ??= answer is null ? question : null;
        return answer;
    }

    LogLevels IErrorLogContext.Levels => Settings.Get(CoreSettings.LogLevel);

    string? IErrorLogContext.Variable(string name) => Environment.GetValueOrDefault(name);

    string? IErrorLogContext.Note(string name) => NoteOf(name);

    /// <summary>See <see cref="RequestHead.ListOf"/>.</summary>
    public string? Field(string name) => Request.ListOf(name);

    private string? FieldOfExpression(string name)
    {
        _lookedAt ??= [];
        if (!_lookedAt.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _lookedAt.Add(name);
        }

        return Field(name);
    }
}
