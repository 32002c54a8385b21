using System.Text;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;
using Roundtrip.Live.Topics;

namespace Roundtrip.Site.LiveHub;

/// <summary>What a request to a hub says: topics, the last id, how long to wait, and who asks.</summary>
internal sealed class LiveRequest
{
    private const int MaximumFields = 1000;

    // Mercure, "Cookie".
    private const string CookieName = "mercureAuthorization";

    private readonly List<(string Name, string Value)> _query;

    private LiveRequest(List<(string, string)> query) => _query = query;

    public IReadOnlyList<TopicSelector> Topics { get; private set; } = [];

    /// <summary>The last id that the client has; null where it says none.</summary>
    public string? LastId { get; private set; }

    /// <summary>What its token allows.</summary>
    public LiveGrant Grant { get; private set; } = LiveGrant.Nothing;

    /// <summary>Whether it has a token, which then is a good one.</summary>
    public bool HasToken { get; private set; }

    /// <summary>Seconds that a poll may wait; less than 0 where it does not say.</summary>
    public int Wait { get; private set; } = -1;

    /// <summary>Whether it polls by <c>since</c>, even with no id yet.</summary>
    public bool HasSince { get; private set; }

    /// <summary>The message that it asks for, where it asks for one; null where it says none.</summary>
    public string? MessageId => Last("id");

    /// <summary>The fields of its query.</summary>
    public IReadOnlyList<(string Name, string Value)> Query => _query;

    public Interest Interest => new(Topics, Grant.Subscribe);

    /// <summary>Reads a request.</summary>
    /// <param name="unixSeconds">The time.</param>
    /// <param name="status">Where there is none, the status that says why.</param>
    /// <param name="fault">And the sentence, for the client.</param>
    /// <param name="reason">What a token lacks, for the log; empty for other faults.</param>
    public static LiveRequest? TryRead(RequestHead request, HubDefinition hub, long unixSeconds, out int status, out string fault, out string reason)
    {
        (status, fault, reason) = (400, "", "");
        if (FormFields.TryRead(request.Query, MaximumFields) is not { } query)
        {
            fault = "the query is no application/x-www-form-urlencoded in UTF-8, or has too many fields";
            return null;
        }

        var read = new LiveRequest(query);
        if (!read.TryTopics(hub, out status, out fault) || !read.TryWait(out fault))
        {
            return null;
        }

        read.ReadLastId(request);
        if (!read.TryToken(request, hub, unixSeconds, out status, out reason))
        {
            fault = status == 401 ? "the token is not valid here" : "this page's origin may not use the cookie here";
            return null;
        }

        return read;
    }

    private string? Last(string name) => _query.FindLast(field => field.Name == name) is { Name: not null } found ? found.Value : null;

    private bool TryTopics(HubDefinition hub, out int status, out string fault)
    {
        (status, fault) = (400, "");
        var topics = new List<TopicSelector>();
        foreach ((string name, string value) in _query)
        {
            if (name != "topic")
            {
                continue;
            }

            if (topics.Count == hub.MaximumChannels)
            {
                (status, fault) = (429, hub.TooManyTopics);
                return false;
            }

            if (!TopicSelector.TryParse(value, out TopicSelector? selector))
            {
                fault = $"a topic has 1 to {TopicSelector.MaximumLength} characters, and no control characters";
                return false;
            }

            topics.Add(selector);
        }

        Topics = [.. topics];
        return true;
    }

    private bool TryWait(out string fault)
    {
        fault = "";
        if (Last("wait") is { } wait)
        {
            if (!int.TryParse(wait, System.Globalization.NumberStyles.None, null, out int seconds))
            {
                fault = "wait is a number of seconds";
                return false;
            }

            Wait = Math.Min(seconds, 60);
        }

        return true;
    }

    // Mercure, "Reconciliation": the field comes before the query, which only the first request of an EventSource has of its own.
    private void ReadLastId(RequestHead request)
    {
        string? since = Last("since");
        HasSince = since is not null;
        LastId = request.Has(KnownField.LastEventId)
            ? Encoding.UTF8.GetString(request.Value(KnownField.LastEventId))
            : Last("lastEventID") ?? Last("Last-Event-ID") ?? since;
        if (LastId is { Length: 0 })
        {
            LastId = null;
        }
    }

    // Mercure, "Authorization": the field, the query, the cookie.
    private bool TryToken(RequestHead request, HubDefinition hub, long unixSeconds, out int status, out string reason)
    {
        (status, reason) = (401, "");
        string? token = Bearer(request);
        if (token is null && Last("authorization") is { } said)
        {
            token = said;
        }

        if (token is null && Cookie(request) is { } kept)
        {
            token = kept;

            // A browser sends the cookie whatever page asks. A page of another origin is told apart by Origin, which every POST has; that all may listen lets none of them use a cookie.
            if (!new OriginRule([.. hub.Origins.Where(origin => origin != "*")]).Allows(request) || (request.Method == Method.Post && !request.Has(KnownField.Origin)))
            {
                (status, reason) = (403, "a cookie from a page of another origin");
                return false;
            }
        }

        if (token is null)
        {
            return true;
        }

        TokenFault fault = TokenKeys.TryRead(token, hub, unixSeconds, out LiveGrant grant);
        if (fault != TokenFault.None)
        {
            reason = $"its token is refused: {fault}";
            return false;
        }

        (Grant, HasToken) = (grant, true);
        return true;
    }

    private static string? Bearer(RequestHead request)
    {
        ReadOnlySpan<byte> value = request.Value(KnownField.Authorization);
        return value.Length > 7 && Ascii.EqualsIgnoreCase(value[..7], "Bearer "u8) ? Encoding.Latin1.GetString(value[7..]).Trim() : null;
    }

    private static string? Cookie(RequestHead request)
    {
        foreach (string pair in (request.ListOf("Cookie") ?? "").Split([';', ',']))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair.AsSpan(0, equals).Trim().SequenceEqual(CookieName))
            {
                return pair[(equals + 1)..].Trim();
            }
        }

        return null;
    }
}
