using Roundtrip.Http;

namespace Roundtrip.Site.AccessLog;

/// <summary>
/// The items of a log format: a new one is one line in <see cref="All"/>, and its method. Those of the request are in LogItems.Request.cs, of the response in LogItems.Response.cs, of times in
/// LogItems.Times.cs, of the connection and the server in LogItems.Connection.cs.
/// </summary>
internal static partial class LogItems
{
    /// <summary>By the letter behind the percent sign and the braces, or the caret and two letters.</summary>
    public static readonly Dictionary<string, LogItemKind> All = new()
    {
        ["a"] = LogItemKind.Of(RemoteAddress),
        ["A"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.Exchange.Connection.Local)),
        ["b"] = LogItemKind.Of(SizeOrDash),
        ["B"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.ContentSent)),
        ["C"] = new(Cookie),
        ["D"] = new(static _ => Microseconds) { NeedsTimestamps = static _ => true },
        ["e"] = new(EnvironmentVariable),
        ["f"] = LogItemKind.Of(static (ref line, in facts) => OrDash(ref line, facts.FileName)),

        // Deviates: names of clients are never looked up; HostnameLookups does nothing.
        ["h"] = LogItemKind.Of(RemoteAddress),
        ["H"] = LogItemKind.Of(static (ref line, in facts) => line.Write(Protocol(facts.Request.Version))),
        ["i"] = new(RequestField),
        ["I"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.Exchange.BytesReceived)),
        ["k"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.Exchange.IndexOnConnection)),

        // httpd has it from mod_ident, which nobody uses.
        ["l"] = LogItemKind.Nothing,
        ["L"] = new(LogId),
        ["m"] = LogItemKind.Of(static (ref line, in facts) => OrDash(ref line, facts.Request.MethodName)),
        ["n"] = new(Note),
        ["o"] = new(ResponseField),
        ["O"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.Exchange.BytesSent)),
        ["p"] = new(Port),
        ["P"] = new(ProcessOrThread),
        ["q"] = LogItemKind.Of(Query),
        ["r"] = LogItemKind.Of(RequestLine),
        ["R"] = LogItemKind.Of(static (ref line, in facts) => OrDash(ref line, facts.Handler)),

        // %<s and %>s are one: a page that cannot be sent is none, where httpd says what became of it.
        ["s"] = LogItemKind.Of(Status),
        ["S"] = LogItemKind.Of(static (ref line, in facts) => line.Write(facts.Exchange.BytesReceived + facts.Exchange.BytesSent)),
        ["t"] = new(Time) { NeedsTimestamps = static braces => braces.EndsWith("usec", StringComparison.Ordinal) || braces.EndsWith("usec_frac", StringComparison.Ordinal) },
        ["T"] = new(Duration) { NeedsTimestamps = static braces => braces is "ms" or "us" },
        ["u"] = LogItemKind.Of(User),
        ["U"] = LogItemKind.Of(UrlPath) with { IsOfOriginal = true },
        ["v"] = LogItemKind.Of(static (ref line, in facts) => line.WriteText(facts.Host.Name)),
        ["V"] = LogItemKind.Of(ServerName),
        ["X"] = LogItemKind.Of(ConnectionStatus),
        ["^FB"] = new(static _ => FirstByte) { NeedsTimestamps = static _ => true },

        ["^ti"] = new(RequestTrailer) { NeedsTrailers = true },

        // No handler that is built sends trailers.
        ["^to"] = LogItemKind.Nothing,
    };

    public static void Absent(ref LineWriter line, in LogFacts facts) => line.Write((byte)'-');

    private static ReadOnlySpan<byte> Protocol(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Http09 => "HTTP/0.9"u8,
        ProtocolVersion.Http10 => "HTTP/1.0"u8,
        ProtocolVersion.Http11 => "HTTP/1.1"u8,
        _ => "HTTP/2.0"u8,
    };

    private static void OrDash(ref LineWriter line, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.WriteEscaped(value);
        }
    }

    private static void OrDash(ref LineWriter line, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            line.Write((byte)'-');
        }
        else
        {
            line.WriteText(text);
        }
    }

    private static FormatException Braces(string item, string allowed) => new($"'{item}': the braces may have {allowed}");
}
