namespace Roundtrip.Http;

/// <summary>What takes each new exchange and finds it a handler: a site, or a test's own.</summary>
public interface IExchangeStarter
{
    /// <summary>Called on the exchange's loop when its request head is complete. Must not block.</summary>
    void Start(Exchange exchange);
}
