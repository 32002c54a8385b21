namespace Roundtrip.Http;

/// <summary>The client's end of a connection, of whatever version. The driver's calls are those of <see cref="IConnectionEngine"/>.</summary>
public interface IClientEngine : IConnectionEngine
{
    /// <summary>Whether <see cref="Start"/> may be called now. It may become true at the end of any call into the engine.</summary>
    bool CanStart { get; }

    /// <summary>Whether <see cref="CanStart"/> will never be true again.</summary>
    bool IsLeaving { get; }

    /// <summary>Whether the server said that it wants HTTP/1.1 (RFC 9113 section 7, HTTP_1_1_REQUIRED): the connection takes no more, and another one should not offer h2.</summary>
    bool RequiresHttp1 { get; }

    /// <summary>How many exchanges the connection had.</summary>
    int Started { get; }

    /// <summary>Sends a request's head.</summary>
    /// <exception cref="InvalidOperationException"><see cref="CanStart"/> is false.</exception>
    ClientExchange Start(ClientRequest request, IClientExchangeHandler handler);
}
