using Roundtrip.Configuration.Directives;
using Roundtrip.Http;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Core;

/// <summary>The directives of <see cref="HttpLimits"/>, by httpd's names where it has one.</summary>
internal static class LimitDirectives
{
    /// <summary>The directive that httpd has by a rule of its own: <see cref="Serving.AddressLimits"/>.</summary>
    public const string KeepAliveTimeout = "KeepAliveTimeout";

    public static readonly Directive[] All =
    [
        Limit("Timeout", "seconds", (l, s) => l with { Timeout = Milliseconds(s) }, LimitReach.Request),
        Limit("KeepAlive", "On or Off", (l, s) => l with { KeepAlive = Flag(s) }, LimitReach.Request),
        Limit(KeepAliveTimeout, "seconds, or milliseconds with ms behind them", (l, s) => l with { KeepAliveTimeout = Milliseconds(s) }, LimitReach.Request),
        Limit("MaxKeepAliveRequests", "a number; 0 is no limit", (l, s) => l with { MaxKeepAliveRequests = Number(s) }, LimitReach.Request),
        Limit("LimitRequestLine", "bytes, 32 to 65536", (l, s) => l with { RequestLine = Number(s, 32, 65_536) }),
        Limit("LimitRequestFields", "a number; 0 is no limit", (l, s) => l with { RequestFields = Number(s) }),
        Limit("LimitRequestFieldSize", "bytes, 32 to 65536", (l, s) => l with { RequestFieldSize = Number(s, 32, 65_536) }),
        Limit("LimitRequestHead", "bytes, 512 to 983040", (l, s) => l with { RequestHead = Number(s, 512, 983_040) }),
        Directive.Of("LimitRequestBody", Anywhere, "bytes; 0 is no limit", CoreSettings.LimitRequestBody, LongNumber),
        Directive.Of("LimitXMLRequestBody", Anywhere, "bytes", Ignored.Key, _ => true),
        OfServer("MaxConnections", "a number", (l, s) => l with { MaxConnections = Number(s, 1) }),
        OfServer("MaxConnectionsPerAddress", "a number; 0 is no limit", (l, s) => l with { MaxConnectionsPerAddress = Number(s) }),
        Limit("ResponseMinRate", "bytes a second; 0 asks for nothing", (l, s) => l with { ResponseMinRate = Number(s) }),
        OfWords(
            "HttpProtocolOptions",
            "Strict or Unsafe, RegisteredMethods or LenientMethods, Allow0.9 or Require1.0",
            new("Strict"),
            new("Unsafe", (_, _) => throw new FormatException("Unsafe is not possible: what two parsers read differently is refused")),
            new("RegisteredMethods"),
            new("LenientMethods"),
            new("Require1.0", (l, _) => l with { AllowHttp09 = false }),
            new("Allow0.9", (l, _) => l with { AllowHttp09 = true })),
    ];

    /// <summary>Those of httpd's mpm modules that have a meaning here: MaxClients is the name that MaxRequestWorkers had before httpd 2.4.</summary>
    public static readonly Directive[] OfProcesses =
    [
        OfServer("MaxRequestWorkers", "a number, 1 or more", SetRequestWorkers),
        OfServer("MaxClients", "a number, 1 or more", SetRequestWorkers),
    ];

    /// <summary>mod_reqtimeout's directive.</summary>
    public static readonly Directive ReadTimeouts = OfWords(
        "RequestReadTimeout",
        "handshake=, header= or body=, each seconds[-seconds][,MinRate=bytes]",
        new("handshake=", (l, s) => l with { Handshake = ParseReadTimeout(s) }, LimitReach.Handshake),
        new("header=", (l, s) => l with { Head = ParseReadTimeout(s) }),
        new("body=", (l, s) => l with { Body = ParseReadTimeout(s) }));

    /// <summary>A directive of one word that changes a limit.</summary>
    internal static Directive Limit(string name, string usage, Func<HttpLimits, string, HttpLimits> change, LimitReach reach = LimitReach.Connection) =>
        Of(name, AnyServer, usage, change, reach);

    internal static void Add(DirectiveCall call, string name, Func<HttpLimits, HttpLimits> change, LimitReach reach = LimitReach.Connection) =>
        call.Settings.Update(CoreSettings.Limits, before => before.Add(new LimitChange(name, call.Position, reach, change)));

    // What all connections share, whichever host they are for.
    private static Directive OfServer(string name, string usage, Func<HttpLimits, string, HttpLimits> change) => Of(name, ServerConfig, usage, change, LimitReach.Connection);

    private static Directive Of(string name, DirectiveContext contexts, string usage, Func<HttpLimits, string, HttpLimits> change, LimitReach reach) =>
        new(name, contexts, 1, 1, usage, call => Say(call, name, call.Words[0], change, reach));

    // A directive of up to three words, each of which changes something of its own.
    private static Directive OfWords(string name, string usage, params Word[] words) => new(name, AnyServer, 1, 3, usage, call =>
    {
        foreach (string said in call.Words)
        {
            int value = said.IndexOf('=', StringComparison.Ordinal) + 1;
            Word word = words[Choice(value > 0 ? said[..value] : said, [.. words.Select(static word => word.Text)])];
            if (word.Change is { } change)
            {
                Say(call, value > 0 ? $"{name} {word.Text[..^1]}" : name, value > 0 ? said[value..] : "", change, word.Reach);
            }
        }
    });

    // Tried at once, so that a wrong argument is an error of its line.
    private static void Say(DirectiveCall call, string name, string word, Func<HttpLimits, string, HttpLimits> change, LimitReach reach)
    {
        _ = change(HttpLimits.Default, word);
        Add(call, name, limits => change(limits, word), reach);
    }

    private static HttpLimits SetRequestWorkers(HttpLimits limits, string word) => limits with { MaxRequestWorkers = Number(word, 1) };

    // mod_reqtimeout: initial[-maximum][,MinRate=rate].
    private static ReadTimeout ParseReadTimeout(string text)
    {
        string[] parts = text.Split(',', 2);
        int rate = 0;
        if (parts.Length == 2)
        {
            const string Name = "MinRate=";
            rate = parts[1].StartsWith(Name, StringComparison.OrdinalIgnoreCase)
                ? Number(parts[1][Name.Length..], 1)
                : throw new FormatException($"'{parts[1]}' is not MinRate=bytes");
        }

        string[] span = parts[0].Split('-', 2);
        long initial = Milliseconds(span[0]);

        // Without a maximum a rate may stretch the time for ever, and without a rate nothing stretches it.
        long maximum = span.Length == 2 ? Milliseconds(span[1]) : rate > 0 ? long.MaxValue : initial;
        return maximum >= initial ? new ReadTimeout(initial, maximum, rate) : throw new FormatException($"'{parts[0]}' ends before it begins");
    }

    /// <summary>A word of a directive that has several.</summary>
    /// <param name="Text">The word; one that ends in = has a value behind it.</param>
    /// <param name="Change">What it makes of limits, with its value; null for a word that says what is so anyway.</param>
    private sealed record Word(string Text, Func<HttpLimits, string, HttpLimits>? Change = null, LimitReach Reach = LimitReach.Connection);
}
