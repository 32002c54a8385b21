using Roundtrip.Http;

namespace Roundtrip.Site.AccessLog;

/// <summary>What the items of a line are made from.</summary>
internal readonly ref struct LogFacts(Exchange exchange, long now, ReadOnlySpan<byte> time)
{
    public Exchange Exchange { get; } = exchange;

    public RequestHead Request => Exchange.Request;

    /// <summary>How long the exchange took, in milliseconds.</summary>
    public long Elapsed { get; } = Math.Max(0, now - exchange.StartedAt);

    /// <summary>When the request came, as %t has it.</summary>
    public ReadOnlySpan<byte> Time { get; } = time;
}
