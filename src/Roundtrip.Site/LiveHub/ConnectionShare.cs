using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>What an open response has of its connection's LiveMaxChannels: over HTTP/2 a connection carries many, and could otherwise be subscribed to that many topics on each (docs/live.md, "The endpoint").</summary>
internal struct ConnectionShare
{
    private readonly ConnectionTopics _topics;
    private readonly int _count;
    private IConnectionHost? _connection;

    /// <summary>Takes what a request asks for. It must have been seen to be <see cref="IsLeft"/>.</summary>
    public ConnectionShare(LoopHub hub, Exchange exchange, LiveRequest request)
    {
        (_topics, _connection, _count) = (hub.StreamTopics, exchange.Connection, request.Topics.Count);
        _topics.Add(_connection, _count);
    }

    /// <summary>Whether the request's connection may be subscribed to so many topics more.</summary>
    public static bool IsLeft(LoopHub hub, Exchange exchange, LiveRequest request) =>
        hub.StreamTopics.Of(exchange.Connection) + request.Topics.Count <= hub.Hub.Definition.MaximumChannels;

    /// <summary>Gives it back, once.</summary>
    public void Return()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            _topics.Add(connection, -_count);
        }
    }
}
