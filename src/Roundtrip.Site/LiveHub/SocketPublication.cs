using Roundtrip.Live.Carriers;

namespace Roundtrip.Site.LiveHub;

/// <summary>A publication that came over a WebSocket.</summary>
internal sealed class SocketPublication(LiveSocket socket, LoopHub hub) : StoreOutcome(hub.Loop)
{
    private long _reference;

    /// <summary>Whether it is not told yet what became of it: its store has not answered, or the hub keeps the answer back (<see cref="Hub.TryHold"/>).</summary>
    public bool IsWaiting { get; private set; }

    public void Begin(LiveCommand command)
    {
        (IsWaiting, _reference) = (true, command.Reference);
        Publish(hub.Hub, command.Draft!);
    }

    protected override void OnOutcome(string? id)
    {
        IsWaiting = false;
        socket.Published(_reference, id);
    }
}
