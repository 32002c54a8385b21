using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>What answers requests on one loop, and what is told of them.</summary>
public sealed record LoopSite(IExchangeStarter Starter, IExchangeObserver Observer);
