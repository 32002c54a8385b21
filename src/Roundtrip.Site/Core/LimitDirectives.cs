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
        new("HttpProtocolOptions", AnyServer, 1, 3, "Strict or Unsafe, RegisteredMethods or LenientMethods, Allow0.9 or Require1.0", SetProtocolOptions),
    ];

    /// <summary>Those of httpd's mpm modules that have a meaning here: MaxClients is the name that MaxRequestWorkers had before httpd 2.4.</summary>
    public static readonly Directive[] OfProcesses =
    [
        OfServer("MaxRequestWorkers", "a number, 1 or more", SetRequestWorkers),
        OfServer("MaxClients", "a number, 1 or more", SetRequestWorkers),
    ];

    /// <summary>mod_reqtimeout's directive.</summary>
    public static readonly Directive ReadTimeouts =
        new("RequestReadTimeout", AnyServer, 1, 3, "handshake=, header= or body=, each seconds[-seconds][,MinRate=bytes]", SetReadTimeouts);

    /// <summary>A directive of one word that changes a limit.</summary>
    internal static Directive Limit(string name, string usage, Func<HttpLimits, string, HttpLimits> change, LimitReach reach = LimitReach.Connection) =>
        Of(name, AnyServer, usage, change, reach);

    internal static void Add(DirectiveCall call, string name, Func<HttpLimits, HttpLimits> change, LimitReach reach = LimitReach.Connection) =>
        call.Settings.Update(CoreSettings.Limits, before => before.Add(new LimitChange(name, call.Position, reach, change)));

    // What all connections share, whichever host they are for.
    private static Directive OfServer(string name, string usage, Func<HttpLimits, string, HttpLimits> change) => Of(name, ServerConfig, usage, change, LimitReach.Connection);

    private static Directive Of(string name, DirectiveContext contexts, string usage, Func<HttpLimits, string, HttpLimits> change, LimitReach reach) => new(name, contexts, 1, 1, usage, call =>
    {
        // Tried at once, so that a wrong argument is an error of its line.
        string word = call.Words[0];
        _ = change(HttpLimits.Default, word);
        Add(call, name, limits => change(limits, word), reach);
    });

    private static HttpLimits SetRequestWorkers(HttpLimits limits, string word) => limits with { MaxRequestWorkers = Number(word, 1) };

    private static void SetProtocolOptions(DirectiveCall call)
    {
        foreach (string word in call.Words)
        {
            switch (Choice(word, "Strict", "Unsafe", "RegisteredMethods", "LenientMethods", "Require1.0", "Allow0.9"))
            {
                case 1:
                    throw new FormatException("Unsafe is not possible: what two parsers read differently is refused");
                case 4:
                    Add(call, "HttpProtocolOptions", limits => limits with { AllowHttp09 = false });
                    break;
                case 5:
                    Add(call, "HttpProtocolOptions", limits => limits with { AllowHttp09 = true });
                    break;
            }
        }
    }

    // mod_reqtimeout: stage=initial[-maximum][,MinRate=rate].
    private static void SetReadTimeouts(DirectiveCall call)
    {
        foreach (string argument in call.Words)
        {
            string[] parts = argument.Split('=', 2);
            if (parts.Length < 2)
            {
                throw new FormatException($"'{argument}' has no =");
            }

            ReadTimeout value = ParseReadTimeout(parts[1]);
            switch (Choice(parts[0], "handshake", "header", "body"))
            {
                case 0:
                    Add(call, "RequestReadTimeout handshake", limits => limits with { Handshake = value }, LimitReach.Handshake);
                    break;
                case 1:
                    Add(call, "RequestReadTimeout header", limits => limits with { Head = value });
                    break;
                case 2:
                    Add(call, "RequestReadTimeout body", limits => limits with { Body = value });
                    break;
            }
        }
    }

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
}
