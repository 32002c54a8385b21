namespace Roundtrip.Http;

/// <summary>The client's end of a connection, of whatever version. The driver's calls are those of <see cref="IConnectionEngine"/>.</summary>
public interface IClientEngine : IConnectionEngine
{
    /// <summary>Whether <see cref="Start"/> may be called now. It may become true at the end of any call into the engine.</summary>
    bool CanStart { get; }

    /// <summary>Whether <see cref="CanStart"/> will never be true again.</summary>
    bool IsLeaving { get; }

    /// <summary>How many exchanges the connection had.</summary>
    int Started { get; }

    /// <summary>Sends a request's head.</summary>
    /// <exception cref="InvalidOperationException"><see cref="CanStart"/> is false.</exception>
    ClientExchange Start(ClientRequest request, IClientExchangeHandler handler);
}
