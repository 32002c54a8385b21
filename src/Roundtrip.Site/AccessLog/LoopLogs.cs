using Roundtrip.Http;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.AccessLog;

/// <summary>The access logs on one loop: a buffer for each.</summary>
internal sealed class LoopLogs
{
    private readonly Dictionary<AccessLog, AccessLogBuffer> _buffers;
    private readonly AccessLogBuffer[] _all;
    private readonly (AccessLogBuffer Buffer, LogFormat Format, LogCondition? Condition)[][] _ofHost;

    public LoopLogs(SiteSnapshot snapshot, EventLoop loop)
    {
        _buffers = snapshot.Hosts.SelectMany(host => host.Logs).Select(log => log.Log).Distinct().ToDictionary(log => log, log => log.CreateBuffer(loop));
        _all = [.. _buffers.Values];
        NeedsTimestamps = snapshot.Hosts.Any(host => host.Logs.Any(log => log.Format.NeedsTimestamps));
        NeedsTrailers = snapshot.Hosts.Any(host => host.Logs.Any(log => log.Format.NeedsTrailers));
        _ofHost = [.. snapshot.Hosts.Select(host => host.Logs.Select(log => (_buffers[log.Log], log.Format, log.Condition)).ToArray())];
    }

    /// <summary>Whether a format asks for times in microseconds.</summary>
    public bool NeedsTimestamps { get; }

    /// <summary>Whether a format asks for trailers of requests.</summary>
    public bool NeedsTrailers { get; }

    /// <summary>Writes the lines of an exchange that has ended.</summary>
    public void Write(Exchange exchange, SiteHost host)
    {
        foreach ((AccessLogBuffer buffer, LogFormat format, LogCondition? condition) in _ofHost[host.Index])
        {
            buffer.Write(exchange, host, format, condition);
        }
    }

    public void EndOfBatch(long now)
    {
        foreach (AccessLogBuffer buffer in _all)
        {
            buffer.EndOfBatch(now);
        }
    }

    public void EndOfLoop()
    {
        foreach (AccessLogBuffer buffer in _all)
        {
            buffer.EndOfLoop();
        }
    }
}
