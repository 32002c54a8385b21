using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Roundtrip.Configuration.Directives;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;
using Roundtrip.Site.Cors;
using Roundtrip.Site.Mapping;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.LiveHub;

/// <summary>Live channels: a hub of a host, to which publishers give messages and from which subscribers have them over four carriers (docs/live.md).</summary>
internal sealed class LiveModule : IConfigurationModule
{
    public string Name => "live_module";

    public string SourceFile => "mod_live.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        new("LiveHub", AnyServer, 0, 1, "a path of the URL", AddHub),
        Change("LiveHistory", 1, 2, "how many messages, and how old: 1000 10min", static (hub, call) => hub with { History = History(call.Words) }),
        Change("LiveStore", 1, 1, "memory, or sqlite:PATH", static (hub, call) => hub with { Store = FileStore(call) }),
        Change("LiveBackplane", 1, 4, "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// and perhaps a file of authorities (or system), one of this server's certificate, and one of its key", static (hub, call) => hub with { Store = ServerStore(call) }),
        Change("LiveQueue", 1, 2, "how many messages may wait for a subscriber, and drop-oldest, coalesce or close", static (hub, call) => hub with
        {
            Queue = Arguments.Number(call.Words[0], 1, 1_000_000),
            Policy = call.Words.Count > 1 ? (QueuePolicy)Arguments.Choice(call.Words[1], "drop-oldest", "coalesce", "close") : hub.Policy,
        }),
        Change("LiveAllowOrigin", 1, int.MaxValue, "origins such as https://example.org, or *", static (hub, call) => hub with { Origins = [.. call.Words.Select(Origin)] }),
        Change("LivePublisherKey", 2, 2, "an algorithm of JWT, and a secret or file:PATH", static (hub, call) => hub with { PublisherKey = Key(call, out string mark), KeyMarks = hub.KeyMarks + mark }),
        Change("LiveSubscriberKey", 2, 2, "an algorithm of JWT, and a secret or file:PATH", static (hub, call) => hub with { SubscriberKey = Key(call, out string mark), KeyMarks = hub.KeyMarks + mark }),
        Change("LiveAnonymous", 1, 1, "On or Off", static (hub, call) => hub with { AllowsAnonymous = Arguments.Flag(call.Words[0]) }),
        Change("LiveHeartbeat", 1, 1, "a time, in seconds unless it says otherwise", static (hub, call) => hub with { Heartbeat = Math.Max(1000, Arguments.Milliseconds(call.Words[0])) }),
        Change("LiveMaxChannels", 1, 1, "a number of topics", static (hub, call) => hub with { MaximumChannels = Arguments.Number(call.Words[0], 1, 10_000) }),
        Change("LiveMaxMessage", 1, 1, "a number of bytes", static (hub, call) => hub with { MaximumMessage = Arguments.Number(call.Words[0], 1, 64 * 1024 * 1024) }),
        Change("LiveSubscriptions", 1, 1, "On or Off", static (hub, call) => hub with { TellsSubscriptions = Arguments.Flag(call.Words[0]) }),
    ];

    private static void AddHub(DirectiveCall call)
    {
        string path = call.Words.Count > 0 ? call.Words[0] : HubDefinition.DefaultPath;
        if (path.Length < 2 || path[0] != '/' || path[^1] == '/')
        {
            throw new FormatException($"'{path}' is no path of a hub: it begins with a slash and does not end with one");
        }

        call.Settings.Update(LiveSettings.Hub, hub => hub with { Path = path, IsThere = true });
        call.Settings.Update(MappingSettings.LaterAliases, rules => rules.Add(new UrlRule(path, null, "live", 0) { Handler = HubHandler.HandlerName, IsOfHandler = true }));
    }

    private static Directive Change(string name, int least, int most, string what, Func<HubDefinition, DirectiveCall, HubDefinition> change) =>
        new(name, AnyServer, least, most, what, call => call.Settings.Update(LiveSettings.Hub, hub => change(hub, call)));

    private static StoreAddress? FileStore(DirectiveCall call) => call.Words[0] == "memory" ? null
        : StoreAddress.TryParseFile(call.Words[0], call.FullPath, out StoreAddress? address, out string fault) ? address
        : throw new FormatException(fault);

    private static StoreAddress ServerStore(DirectiveCall call)
    {
        if (!StoreAddress.TryParseServer(call.Words[0], out StoreAddress? address, out string fault))
        {
            throw new FormatException(fault);
        }

        if (call.Words.Count == 1)
        {
            return address;
        }

        if (!address.IsTls)
        {
            throw new FormatException("files of authorities and certificates are for rediss:// alone");
        }

        address = address with { Authorities = call.Words[1] == "system" ? "" : Certificates(call, 1) };
        return call.Words.Count == 2 ? address : WithCertificate(call, address);
    }

    private static string Certificates(DirectiveCall call, int word)
    {
        string path = call.FullPath(call.Words[word]);
        return call.Read(path).Text is { } text && text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal) ? text
            : throw new FormatException($"{path} is no file of certificates in PEM");
    }

    // The key may stand in the certificate's file. That the two belong together is seen here, and not when Redis is asked.
    private static StoreAddress WithCertificate(DirectiveCall call, StoreAddress address)
    {
        string path = call.FullPath(call.Words[^1]);
        StoreAddress with = address with { Certificate = Certificates(call, 2), Key = call.Read(path).Text ?? throw new FormatException($"{path} cannot be read") };
        try
        {
            X509Certificate2.CreateFromPem(with.Certificate, with.Key).Dispose();
            return with;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new FormatException($"{path} has no key, in PEM and without a password, of the certificate in {call.FullPath(call.Words[2])}");
        }
    }

    private static HistoryLimit History(IReadOnlyList<string> words) => HistoryLimit.Default with
    {
        Count = Arguments.Number(words[0], 0, 10_000_000),
        Age = words.Count > 1 ? Arguments.Milliseconds(words[1]) : HistoryLimit.Default.Age,
    };

    private static string Origin(string word) => word == "*" ? word : SerializedOrigin.Checked(word);

    private static TokenKey Key(DirectiveCall call, out string mark)
    {
        if (!Enum.TryParse(call.Words[0], out TokenAlgorithm algorithm) || !Enum.IsDefined(algorithm) || char.IsAsciiDigit(call.Words[0][0]))
        {
            throw new FormatException($"'{call.Words[0]}' is none of {string.Join(", ", Enum.GetNames<TokenAlgorithm>())}");
        }

        string word = call.Words[1];
        byte[] material = word.StartsWith("file:", StringComparison.Ordinal) ? FileOf(call, call.FullPath(word["file:".Length..])) : Encoding.UTF8.GetBytes(word);
        mark = $"{call.Name} {algorithm} {Convert.ToHexString(SHA256.HashData(material))};";
        return TokenKey.TryCreate(algorithm, material, out TokenKey? key, out string fault) ? key : throw new FormatException($"the key cannot be used: {fault}");
    }

    // A secret in a file is written by an editor, which ends it with a line feed.
    private static byte[] FileOf(DirectiveCall call, string path) =>
        call.Read(path).Text is { } text ? Encoding.UTF8.GetBytes(text.TrimEnd('\r', '\n')) : throw new FormatException($"{path} cannot be read");
}
