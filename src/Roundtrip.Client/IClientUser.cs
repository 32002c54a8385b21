using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Client;

/// <summary>Who gave a request to a <see cref="ConnectionPool"/>.</summary>
public interface IClientUser : IClientExchangeHandler
{
    /// <summary>The head was given to a connection. Content may be written from here on.</summary>
    void OnStarted(ClientConnection connection, ClientExchange exchange);

    /// <summary>There is no connection for it: nothing was sent, and nothing else is called.</summary>
    /// <param name="detail">What is wrong, in the words of the system or of OpenSSL.</param>
    void OnConnectFailed(EndReason reason, string detail);
}
