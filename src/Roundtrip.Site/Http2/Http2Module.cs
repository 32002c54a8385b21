using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Http.Http2;
using Roundtrip.Site.Core;
using Roundtrip.Site.EarlyHints;
using Roundtrip.Site.Headers;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Http2;

/// <summary>mod_http2, and core's Protocols: what is spoken, and the limits of HTTP/2.</summary>
internal sealed class Http2Module : IConfigurationModule
{
    public string Name => "http2_module";

    public string SourceFile => "mod_http2.c";

    // HTTP/2 is spoken without a LoadModule too: a default that makes pages faster.
    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        new("Protocols", AnyServer, 1, int.MaxValue, "h2, h2c and http/1.1, the best first", SetProtocols),
        Directive.Of("ProtocolsHonorOrder", AnyServer, "On or Off", Http2Settings.HonorOrder, Flag),
        Directive.Of("H2Direct", AnyServer, "on or off", Http2Settings.Direct, Flag),
        Directive.Of("H2Upgrade", AnyServer, "on or off", Http2Settings.Upgrade, Flag),
        Directive.Of("H2ModernTLSOnly", AnyServer, "on or off", Http2Settings.ModernTlsOnly, Flag),
        Limit("H2MaxSessionStreams", "streams, 1 to 1000", (l, s) => l with { MaxSessionStreams = Number(s, 1, 1000) }),
        Limit("H2WindowSize", "bytes, 1024 to 16777216", (l, s) => l with { WindowSize = Number(s, 1024, 16 << 20) }),
        Limit("H2MaxWindowSize", "bytes, 65535 to 67108864", (l, s) => l with { MaxWindowSize = Number(s, 65_535, 64 << 20) }),
        Limit("H2StreamMaxMemSize", "bytes, 1024 to 1048576", (l, s) => l with { StreamMaxMemSize = Number(s, 1024, 1 << 20) }),
        Limit("H2MaxDataFrameLen", "bytes; 0 is no limit", (l, s) => l with { MaxDataFrameLength = Number(s) }),
        Limit("H2MaxHeaderBlockLen", "bytes; 0 is 65536", (l, s) => l with { MaxHeaderBlockLength = Number(s) is > 0 and int said ? said : Http2Limits.DefaultHeaderBlockLength }),
        Limit("H2WebSockets", "on or off", (l, s) => l with { WebSockets = Flag(s) }),
        Directive.Of("H2StreamTimeout", Anywhere, "seconds, or a number and ms, s, min or h; 0 is no limit", Http2Settings.StreamTimeout, Milliseconds),
        Directive.Of("H2Push", Anywhere, "on or off", Http2Settings.Push, Flag),
        new("H2PushResource", Anywhere, 1, 3, "add, a path, and critical", AddPushResource),
        Directive.Of("H2EarlyHints", AnyServer, "on or off", EarlyHintsSettings.Mode, static word => Flag(word) ? EarlyHintsMode.Http2 : EarlyHintsMode.Off),
        new("H2EarlyHint", Anywhere, 2, 2, "a field's name and its value", AddEarlyHint),
        new("H2PushPriority", AnyServer, 2, 3, "a media type or *, after, before or interleaved, and a weight", SetPushPriority),
        Limit("H2PushDiarySize", "a number, 0 to 65536", (l, s) => l with { PushDiarySize = Number(s, 0, 65_536) }),
        new("H2FloodLimit", ServerConfig, 3, 3, "a kind of frames, how many at once (0 for no limit) and how many more a second (0 for none)", SetFloodLimit),
        Limit("H2MaxStreamErrors", "a number; 0 is no limit", (l, s) => WithFlood(l, FloodKind.ProvokedResets, new FloodLimit(Number(s), 0))),
        .. Ignored("H2MinWorkers", "H2MaxWorkers", "H2MaxWorkerIdleSeconds", "H2SerializeHeaders", "H2CopyFiles", "H2OutputBuffering", "H2TLSWarmUpSize", "H2TLSCoolDownSecs", "H2Padding"),
    ];

    // How httpd divides HTTP/2 among its threads and buffers, and what it adds to frames: nothing here is like it.
    private static IEnumerable<Directive> Ignored(params string[] names) =>
        names.Select(name => new Directive(name, AnyServer, 1, 1, "anything", static _ => { }));

    private static Directive Limit(string name, string usage, Func<Http2Limits, string, Http2Limits> change) =>
        LimitDirectives.Limit(name, usage, (limits, word) => limits with { Http2 = change(limits.Http2, word) });

    private static void SetProtocols(DirectiveCall call)
    {
        var protocols = ImmutableArray<string>.Empty;
        foreach (string word in call.Words)
        {
            switch (word.ToUpperInvariant())
            {
                case "H2" or "H2C" or "HTTP/1.1":
                    protocols = protocols.Contains(word.ToLowerInvariant()) ? protocols : protocols.Add(word.ToLowerInvariant());
                    break;
                default:
                    call.Warn($"Protocols: {word} is not spoken here");
                    break;
            }
        }

        // httpd: http/1.1 is spoken whether it is named or not; naming it says where in the order it stands.
        call.Settings.Set(Http2Settings.Protocols, protocols.Contains("http/1.1") ? protocols : protocols.Add("http/1.1"));
    }

    // mod_http2: the word add may stand before the path, the word critical behind it.
    private static void AddPushResource(DirectiveCall call)
    {
        string[] words = [.. call.Words];
        int at = words.Length > 1 && words[0].Equals("add", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        if (words.Length > at + 1 && (words.Length > at + 2 || !words[at + 1].Equals("critical", StringComparison.OrdinalIgnoreCase)))
        {
            throw new FormatException("takes the word add, a path, and the word critical");
        }

        string path = FieldText.Checked(words[at]);
        if (path.AsSpan().ContainsAny("<> \""))
        {
            throw new FormatException($"'{path}' is not a path or URL");
        }

        string link = PreloadLink.Of(path, isCritical: words.Length > at + 1);
        call.Settings.Update(Http2Settings.PushResources, links => links.Add(link));
    }

    private static void AddEarlyHint(DirectiveCall call)
    {
        (string name, string value) = (call.Words[0], FieldText.Checked(call.Words[1]));
        if (!FieldText.IsName(name) || EngineFields.Contains(name))
        {
            throw new FormatException($"'{name}' is not the name of a field that a hint can have");
        }

        call.Settings.Update(EarlyHintsSettings.Fields, fields => fields.Add((name, value)));
    }

    // mod_http2: what stands behind the type is a dependency, or the weight of an After rule; Before has the weight of the stream that it goes before.
    private static void SetPushPriority(DirectiveCall call)
    {
        string[] words = [.. call.Words];
        string type = words[0];
        if (type != "*" && (!type.Contains('/') || type.Contains('*')))
        {
            throw new FormatException($"'{type}' is neither a media type nor *");
        }

        bool isWeight = char.IsAsciiDigit(words[1][0]);
        PushPlacement placement = isWeight ? PushPlacement.After : (PushPlacement)Choice(words[1], "after", "before", "interleaved");
        if ((isWeight || placement == PushPlacement.Before) && words.Length == 3)
        {
            throw new FormatException(isWeight ? "takes one weight" : "before takes no weight: it is the one of the stream that it goes before");
        }

        int weight = isWeight ? Number(words[1], 1, 65_535) : words.Length == 3 ? Number(words[2], 1, 65_535) : PushPriority.DefaultWeight(placement);
        LimitDirectives.Add(call, "H2PushPriority", limits => limits with { Http2 = limits.Http2 with { PushPriorities = limits.Http2.PushPriorities.With(type, new PushPriority(placement, weight)) } });
    }

    private static void SetFloodLimit(DirectiveCall call)
    {
        FloodKind kind = Enum.TryParse(call.Words[0], ignoreCase: true, out FloodKind known) && !char.IsAsciiDigit(call.Words[0][0])
            ? known
            : throw new FormatException($"'{call.Words[0]}' is none of {string.Join(", ", Enum.GetNames<FloodKind>())}");
        var limit = new FloodLimit(Number(call.Words[1]), Number(call.Words[2], 0, 1000));
        LimitDirectives.Add(call, "H2FloodLimit", limits => limits with { Http2 = WithFlood(limits.Http2, kind, limit) });
    }

    private static Http2Limits WithFlood(Http2Limits limits, FloodKind kind, FloodLimit limit)
    {
        if (limits.Floods[(int)kind] == limit)
        {
            return limits;
        }

        FloodLimit[] floods = [.. limits.Floods];
        floods[(int)kind] = limit;
        return limits with { Floods = floods };
    }
}
