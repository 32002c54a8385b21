using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>What is told of exchanges beside who answers them, on their loop: the access log, and what sends hints while an answer is still being made.</summary>
public interface IExchangeObserver
{
    /// <summary>Whether exchanges are to keep their times in microseconds: <see cref="IConnectionHost.Timestamp"/>.</summary>
    bool WantsTimestamps => false;

    /// <summary>Whether exchanges are to keep the trailers of their requests: <see cref="Exchange.RequestTrailers"/>.</summary>
    bool WantsTrailers => false;

    /// <summary>The error log that has the lines about a connection, or about an exchange on it; null for the server's own.</summary>
    ErrorLog? LogOf(IConnectionHost connection, Exchange? exchange) => null;

    /// <summary>The limits of a connection of which no request has come: those of the host that its address, or its TLS handshake, is for. Null for the server's own.</summary>
    HttpLimits? LimitsOf(IConnectionHost connection) => null;

    /// <summary>The exchange was begun and not answered at once: its answer waits for a disk, or for code that runs elsewhere. What is told the client now goes out before it.</summary>
    void Unanswered(Exchange exchange)
    {
    }

    /// <summary>The exchange is answered by its engine in a handler's place: <see cref="IConnectionHost.Refusing"/>.</summary>
    void Refusing(Exchange exchange)
    {
    }

    /// <summary>The exchange has its status, its sizes and its end reason; it is used again after the call.</summary>
    void Ended(Exchange exchange);

    /// <summary>A batch of events was handled: what was gathered may be handed on.</summary>
    void EndOfBatch(long now);

    /// <summary>The loop ends: what was gathered is handed on now.</summary>
    void EndOfLoop();
}
