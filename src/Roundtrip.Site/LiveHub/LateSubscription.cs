using Roundtrip.Live.Topics;

namespace Roundtrip.Site.LiveHub;

/// <summary>A subscription of a WebSocket with an id that another server may have given: it begins when this one has all that there is.</summary>
internal sealed class LateSubscription : StoreOutcome
{
    private readonly LiveSocket _socket;
    private readonly long _number;
    private readonly IReadOnlyList<TopicSelector> _topics;
    private readonly string? _since;

    private LateSubscription(LiveSocket socket, LoopHub hub, long number, IReadOnlyList<TopicSelector> topics, string? since)
        : base(hub.Loop) => (_socket, _number, _topics, _since) = (socket, number, topics, since);

    public static void Begin(LiveSocket socket, LoopHub hub, long number, IReadOnlyList<TopicSelector> topics, string? since) =>
        new LateSubscription(socket, hub, number, topics, since).CatchUp(hub.Hub);

    protected override void OnOutcome(string? id) => _socket.SubscribeLate(_number, _topics, _since, isCurrent: id is not null);
}
