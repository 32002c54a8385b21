using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Transport;

namespace Roundtrip.Server;

/// <summary>What a server is started with.</summary>
public sealed record ServerOptions
{
    public required IReadOnlyList<ServerEndpoint> Endpoints { get; init; }

    /// <summary>Makes what answers on one loop. Called once for each loop, before it runs.</summary>
    public required Func<EventLoop, LoopSite> CreateSite { get; init; }

    public required ErrorLog ErrorLog { get; init; }

    public HttpLimits Limits { get; init; } = HttpLimits.Default;

    /// <summary>What responses begin with: how the server calls itself.</summary>
    public StatusLines StatusLines { get; init; } = StatusLines.Default;

    /// <summary>One loop a core that the process may use.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>How long, in milliseconds, answers that are under way may go on after a stop.</summary>
    public int StopTimeout { get; init; } = 3_000;

    /// <summary>How long, in milliseconds, they may after a graceful stop; 0 for as long as they take.</summary>
    public int GracefulShutdownTimeout { get; init; }
}
