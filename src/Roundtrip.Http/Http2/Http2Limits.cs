namespace Roundtrip.Http.Http2;

/// <summary>What an HTTP/2 connection announces and allows, under the names of httpd's directives where it has one. Immutable: a reload swaps the whole.</summary>
public sealed record Http2Limits
{
    // Before Default, which takes them.
    private static readonly FloodLimit[] DefaultFloods = MakeDefaultFloods();

    public static readonly Http2Limits Default = new();

    /// <summary>H2MaxSessionStreams: SETTINGS_MAX_CONCURRENT_STREAMS.</summary>
    public int MaxSessionStreams { get; init; } = 100;

    /// <summary>H2WindowSize: SETTINGS_INITIAL_WINDOW_SIZE, the bytes of a request's content that may be under way before anybody read them. It grows by itself.</summary>
    public int WindowSize { get; init; } = SendWindow.Initial;

    /// <summary>H2MaxWindowSize (ours): what the window of the connection, and so of a stream, may grow to. It bounds the unread content that one connection holds.</summary>
    public int MaxWindowSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>H2StreamMaxMemSize: bytes of a response that may wait in memory of its own. Deviates: httpd has 32768; a content of that size then needs two turns.</summary>
    public int StreamMaxMemSize { get; init; } = 64 * 1024;

    /// <summary>H2MaxDataFrameLen: bytes of content in one DATA frame that we send; 0 sets no bound besides our own and the protocol's.</summary>
    public int MaxDataFrameLength { get; init; }

    /// <summary>
    /// H2MaxHeaderBlockLen: bytes that a response's header section may have, counted as nghttp2 does: name and value of each field, 12 more for each, and 17. A 103 with more is left out; a response with more is not sent, its stream is
    /// reset. httpd's default, 0, is nghttp2's, which is this.
    /// </summary>
    public int MaxHeaderBlockLength { get; init; } = DefaultHeaderBlockLength;

    /// <summary>H2WebSockets: whether extended CONNECT (RFC 8441) is announced and taken. Deviates: httpd's default is off, since modules of others may not expect it; here whoever takes an upgrade takes it over either version.</summary>
    public bool WebSockets { get; init; } = true;

    /// <summary>H2Push: whether resources are promised to clients that allow it.</summary>
    public bool Push { get; init; } = true;

    /// <summary>H2PushDiarySize: how many paths that its client has a connection remembers, so that none is sent twice; 0 pushes nothing.</summary>
    public int PushDiarySize { get; init; } = 256;

    /// <summary>H2PushPriority: when pushed responses go, by their media types.</summary>
    public PushPriorities PushPriorities { get; init; } = PushPriorities.Default;

    /// <summary>H2FloodLimit (ours): the budget of each <see cref="FloodKind"/>, by its number. H2MaxStreamErrors is that of <see cref="FloodKind.ProvokedResets"/>, without a rate.</summary>
    public IReadOnlyList<FloodLimit> Floods { get; init; } = DefaultFloods;

    /// <summary>H2MaxHeaderBlockLen 0.</summary>
    public const int DefaultHeaderBlockLength = 64 * 1024;

    /// <summary>Frames in which one header block may come (CVE-2024-27316).</summary>
    internal const int HeaderFrames = 32;

    /// <summary>What a DATA frame must have in bytes to be no small one.</summary>
    internal const int SmallData = 64;

    /// <summary>Bytes of frames that we must send (acknowledgements, resets, refusals) beyond which nothing is read until the peer has taken some.</summary>
    internal const int UnsentControl = 256 * 1024;

    /// <summary>Bytes of a request's content that are taken after its response was complete.</summary>
    internal const int DiscardedBody = 64 * 1024;

    /// <summary>Milliseconds for which they are; as long as httpd lingers.</summary>
    internal const int DiscardTime = 2_000;

    /// <summary>Milliseconds of silence after which a connection with open streams is asked whether it lives.</summary>
    internal const int PingAfter = 30_000;

    private static FloodLimit[] MakeDefaultFloods()
    {
        var floods = new FloodLimit[(int)FloodKind.UnknownFrames + 1];
        floods[(int)FloodKind.Settings] = new(32, 1);
        floods[(int)FloodKind.Ping] = new(100, 20);
        floods[(int)FloodKind.Priority] = new(1000, 100);
        floods[(int)FloodKind.EmptyFrames] = new(100, 10);
        floods[(int)FloodKind.SmallData] = new(10_000, 1000);
        floods[(int)FloodKind.WindowUpdates] = new(1000, 200);
        floods[(int)FloodKind.Resets] = new(200, 50);
        floods[(int)FloodKind.ProvokedResets] = new(100, 10);
        floods[(int)FloodKind.UnknownFrames] = new(200, 20);
        return floods;
    }
}
