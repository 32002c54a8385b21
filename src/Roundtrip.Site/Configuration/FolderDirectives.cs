using System.Globalization;
using Roundtrip.Http;

namespace Roundtrip.Site.Configuration;

/// <summary>The directives that a folder's <c>site.conf</c> may have, by name. A new one is one entry.</summary>
internal static class FolderDirectives
{
    public static readonly Dictionary<string, FolderDirective> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Timeout"] = Limit("seconds", (l, s) => l with { Timeout = Milliseconds(s) }),
        ["KeepAlive"] = Limit("On or Off", (l, s) => l with { KeepAlive = Flag(s) }),
        ["KeepAliveTimeout"] = Limit("seconds, or milliseconds with ms behind them", (l, s) => l with { KeepAliveTimeout = Milliseconds(s) }),
        ["MaxKeepAliveRequests"] = Limit("a number; 0 is no limit", (l, s) => l with { MaxKeepAliveRequests = Number(s) }),
        ["LimitRequestLine"] = Limit("bytes, 32 to 65536", (l, s) => l with { RequestLine = Number(s, 32, 65_536) }),
        ["LimitRequestFields"] = Limit("a number; 0 is no limit", (l, s) => l with { RequestFields = Number(s) }),
        ["LimitRequestFieldSize"] = Limit("bytes, 32 to 65536", (l, s) => l with { RequestFieldSize = Number(s, 32, 65_536) }),
        ["LimitRequestHead"] = Limit("bytes, 512 to 983040", (l, s) => l with { RequestHead = Number(s, 512, 983_040) }),
        ["LimitRequestBody"] = Limit("bytes; 0 is no limit", (l, s) => l with { RequestBody = LongNumber(s) }),
        ["MaxConnections"] = Limit("a number", (l, s) => l with { MaxConnections = Number(s, 1) }),
        ["MaxConnectionsPerAddress"] = Limit("a number; 0 is no limit", (l, s) => l with { MaxConnectionsPerAddress = Number(s) }),
        ["ResponseMinRate"] = Limit("bytes a second; 0 asks for nothing", (l, s) => l with { ResponseMinRate = Number(s) }),
        ["HttpProtocolOptions"] = Limit("Allow0.9 or Require1.0", (l, s) => l with { AllowHttp09 = Choice(s, "Require1.0", "Allow0.9") == 1 }),
        ["RequestReadTimeout"] = new(1, 3, "handshake=, header= or body=, each seconds[-seconds][,MinRate=bytes]", ReadTimeouts),
        ["CustomLog"] = new(1, 2, "a file, or - for standard error, and a format or its name", (c, a) =>
            c with { AccessLog = a[0], AccessLogFormat = a.Length > 1 ? a[1] : c.AccessLogFormat }),
        ["ErrorLog"] = new(1, 1, "a file, or - for standard error", (c, a) => c with { ErrorLog = a[0] }),
        ["SSLCertificateFile"] = new(1, 1, "a PEM file", (c, a) => c with { CertificateFile = a[0] }),
        ["SSLCertificateKeyFile"] = new(1, 1, "a PEM file", (c, a) => c with { CertificateKeyFile = a[0] }),
        ["DirectoryIndex"] = new(1, 32, "file names", (c, a) => c with { DirectoryIndex = a }),
        ["Options"] = new(1, 1, "Indexes, +Indexes or -Indexes", (c, a) => c with { ListDirectories = Choice(a[0].TrimStart('+'), "-Indexes", "Indexes") == 1 }),
    };

    private static FolderDirective Limit(string usage, Func<HttpLimits, string, HttpLimits> apply) =>
        new(1, 1, usage, (configuration, arguments) => configuration with { Limits = apply(configuration.Limits, arguments[0]) });

    // httpd, mod_reqtimeout: stage=initial[-maximum][,MinRate=rate].
    private static FolderConfiguration ReadTimeouts(FolderConfiguration configuration, string[] arguments)
    {
        HttpLimits limits = configuration.Limits;
        foreach (string argument in arguments)
        {
            string[] parts = argument.Split('=', 2);
            if (parts.Length < 2)
            {
                throw new FormatException($"'{argument}' has no =");
            }

            ReadTimeout value = ParseReadTimeout(parts[1]);
            limits = parts[0].ToUpperInvariant() switch
            {
                "HANDSHAKE" => limits with { Handshake = value },
                "HEADER" => limits with { Head = value },
                "BODY" => limits with { Body = value },
                _ => throw new FormatException($"'{parts[0]}' is not handshake, header or body"),
            };
        }

        return configuration with { Limits = limits };
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

    private static int Number(string text, int least = 0, int most = int.MaxValue) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new FormatException($"'{text}' is not a number from {least} to {most}");

    private static long LongNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new FormatException($"'{text}' is not a number");

    private static int Milliseconds(string text) => text.EndsWith("ms", StringComparison.OrdinalIgnoreCase)
        ? Number(text[..^2])
        : Number(text, 0, int.MaxValue / 1000) * 1000;

    private static bool Flag(string text) => Choice(text, "Off", "On") == 1;

    private static int Choice(string text, params string[] choices)
    {
        int index = Array.FindIndex(choices, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new FormatException($"'{text}' is not {string.Join(" or ", choices)}");
    }
}
