using System.Diagnostics;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.AccessLog;

/// <summary>What the items of a line are made from. Nothing is worked out before an item asks.</summary>
/// <param name="exchange">It has ended, and can still be read.</param>
/// <param name="host">The host that served it.</param>
/// <param name="stamp">When it ended, on the clock of <see cref="Stopwatch"/>.</param>
internal readonly ref struct LogFacts(Exchange exchange, SiteHost host, EventLoop loop, LogClock clock, long stamp)
{
    private readonly object? _context = exchange.Context;

    private LogFacts(Exchange exchange, SiteHost host, EventLoop loop, LogClock clock, long stamp, object context)
        : this(exchange, host, loop, clock, stamp) => _context = context;

    public Exchange Exchange { get; } = exchange;

    public SiteHost Host { get; } = host;

    /// <summary>The request as it was when it was answered: as RequestHeader has left it, and for an error document the one that asks for it. What came is the exchange's.</summary>
    public RequestHead Request => Asked?.Request ?? Exchange.Request;

    /// <summary>Of a request that an error document answers, what it was before: <c>%&lt;</c>. Otherwise the same.</summary>
    public LogFacts Original => Asked?.Original is { } original ? new LogFacts(Exchange, Host, loop, clock, stamp, original) : this;

    /// <summary>Whether these are the facts of a request whose place another took: it has no answer of its own.</summary>
    public bool IsReplaced => !ReferenceEquals(_context, Exchange.Context);

    /// <summary>The bytes of content that were sent.</summary>
    public long ContentSent => IsReplaced ? 0 : Exchange.ContentSent;

    /// <summary>The settings that were merged for the request, as far as it came.</summary>
    public SettingBag Settings => Asked?.Settings ?? About?.Settings ?? Host.Settings;

    public string? FileName => Asked is { } asked ? asked.FileName : About?.FileName;

    /// <summary>The decoded path that was mapped; null or empty where it came to none.</summary>
    public string? Path => Asked is { } asked ? asked.Path : About?.Path;

    public string? Handler => Asked is { } asked ? asked.Handler : About?.Handler;

    /// <summary>What is known of a request that something asked about.</summary>
    public RequestFacts? Asked => _context as RequestFacts;

    /// <summary>How long the exchange took, in milliseconds.</summary>
    public long Elapsed => Math.Max(0, loop.Now - Exchange.StartedAt);

    /// <summary>The same in microseconds, exactly so where <see cref="LogFormat.NeedsTimestamps"/> had them kept.</summary>
    public long ElapsedMicroseconds => Exchange.StartedTimestamp == 0 ? Elapsed * 1000 : Microseconds(stamp - Exchange.StartedTimestamp);

    /// <summary>From the request's first byte to the response's first; less than 0 where that was not kept.</summary>
    public long FirstByteMicroseconds => Exchange.RespondedTimestamp == 0 ? -1 : Microseconds(Exchange.RespondedTimestamp - Exchange.StartedTimestamp);

    /// <summary>When the request came, as %t has it.</summary>
    public ReadOnlySpan<byte> Time => clock.At(loop.UnixMilliseconds - Elapsed);

    /// <summary>When the exchange ended, in microseconds since 1970.</summary>
    public long EndedAt => loop.UnixMicroseconds;

    private ResourceAbout? About => _context as ResourceAbout;

    /// <summary>The request as the context of an expression.</summary>
    public RequestFacts ForExpressions() => Asked ?? new RequestFacts(Exchange, Host) { Settings = Settings, FileName = FileName, Path = Path, Handler = Handler };

    private static long Microseconds(long ticks) => Math.Max(0, (long)(ticks * (1e6 / Stopwatch.Frequency)));
}
