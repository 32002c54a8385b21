using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>What an open response has of its connection's LiveMaxChannels: over HTTP/2 a connection carries many, and could otherwise be subscribed to that many topics on each (docs/live.md, "The endpoint").</summary>
internal struct ConnectionShare
{
    private readonly int _topics;
    private IConnectionHost? _connection;

    /// <summary>Takes what a request asks for. It must have been seen to be <see cref="IsLeft"/>.</summary>
    public ConnectionShare(Exchange exchange, LiveRequest request)
    {
        (_connection, _topics) = (exchange.Connection, request.Topics.Count);
        _connection.StreamTopics += _topics;
    }

    /// <summary>Whether the request's connection may be subscribed to so many topics more.</summary>
    public static bool IsLeft(Exchange exchange, HubDefinition hub, LiveRequest request) => exchange.Connection.StreamTopics + request.Topics.Count <= hub.MaximumChannels;

    /// <summary>Gives it back, once.</summary>
    public void Return()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            connection.StreamTopics -= _topics;
        }
    }
}
