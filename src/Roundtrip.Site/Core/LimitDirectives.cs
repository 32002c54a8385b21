using Roundtrip.Configuration.Directives;
using Roundtrip.Http;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Core;

/// <summary>The directives of <see cref="HttpLimits"/>, by httpd's names where it has one.</summary>
internal static class LimitDirectives
{
    public static readonly Directive[] All =
    [
        Limit("Timeout", "seconds", (l, s) => l with { Timeout = Milliseconds(s) }),
        Limit("KeepAlive", "On or Off", (l, s) => l with { KeepAlive = Flag(s) }),
        Limit("KeepAliveTimeout", "seconds, or milliseconds with ms behind them", (l, s) => l with { KeepAliveTimeout = Milliseconds(s) }),
        Limit("MaxKeepAliveRequests", "a number; 0 is no limit", (l, s) => l with { MaxKeepAliveRequests = Number(s) }),
        Limit("LimitRequestLine", "bytes, 32 to 65536", (l, s) => l with { RequestLine = Number(s, 32, 65_536) }),
        Limit("LimitRequestFields", "a number; 0 is no limit", (l, s) => l with { RequestFields = Number(s) }),
        Limit("LimitRequestFieldSize", "bytes, 32 to 65536", (l, s) => l with { RequestFieldSize = Number(s, 32, 65_536) }),
        Limit("LimitRequestHead", "bytes, 512 to 983040", (l, s) => l with { RequestHead = Number(s, 512, 983_040) }),
        Directive.Of("LimitRequestBody", Anywhere, "bytes; 0 is no limit", CoreSettings.LimitRequestBody, LongNumber),
        Directive.Of("LimitXMLRequestBody", Anywhere, "bytes", Ignored.Key, _ => true),
        Limit("MaxConnections", "a number", (l, s) => l with { MaxConnections = Number(s, 1) }),
        Limit("MaxConnectionsPerAddress", "a number; 0 is no limit", (l, s) => l with { MaxConnectionsPerAddress = Number(s) }),
        Limit("ResponseMinRate", "bytes a second; 0 asks for nothing", (l, s) => l with { ResponseMinRate = Number(s) }),
        new("HttpProtocolOptions", AnyServer, 1, 3, "Strict or Unsafe, RegisteredMethods or LenientMethods, Allow0.9 or Require1.0", SetProtocolOptions),
    ];

    /// <summary>Those of httpd's mpm modules that have a meaning here: MaxClients is the name that MaxRequestWorkers had before httpd 2.4.</summary>
    public static readonly Directive[] OfProcesses =
    [
        Limit("MaxRequestWorkers", "a number, 1 or more", SetRequestWorkers, ServerConfig),
        Limit("MaxClients", "a number, 1 or more", SetRequestWorkers, ServerConfig),
    ];

    /// <summary>mod_reqtimeout's directive.</summary>
    public static readonly Directive ReadTimeouts =
        new("RequestReadTimeout", AnyServer, 1, 3, "handshake=, header= or body=, each seconds[-seconds][,MinRate=bytes]", SetReadTimeouts);

    /// <summary>A directive of one word that changes a limit.</summary>
    internal static Directive Limit(string name, string usage, Func<HttpLimits, string, HttpLimits> change, DirectiveContext contexts = AnyServer) => new(name, contexts, 1, 1, usage, call =>
    {
        // Tried at once, so that a wrong argument is an error of its line.
        string word = call.Words[0];
        _ = change(HttpLimits.Default, word);
        Add(call, limits => change(limits, word));
    });

    internal static void Add(DirectiveCall call, Func<HttpLimits, HttpLimits> change) =>
        call.Settings.Update(CoreSettings.Limits, before => limits => change(before(limits)));

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
                    Add(call, limits => limits with { AllowHttp09 = false });
                    break;
                case 5:
                    Add(call, limits => limits with { AllowHttp09 = true });
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
            Add(call, parts[0].ToUpperInvariant() switch
            {
                "HANDSHAKE" => limits => limits with { Handshake = value },
                "HEADER" => limits => limits with { Head = value },
                "BODY" => limits => limits with { Body = value },
                _ => throw new FormatException($"'{parts[0]}' is not handshake, header or body"),
            });
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
