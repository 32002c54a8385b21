using Roundtrip.Core;

namespace Roundtrip.Http.Companions;

/// <summary>
/// The clients that were here in the last day. Who was may have the companions in its cache, and that it fetches none says nothing: only a first visit counts. It keeps so many of the last.
/// </summary>
internal sealed class FirstVisits
{
    private readonly HashSet<PeerAddress> _known = [];
    private readonly Queue<(PeerAddress Client, long At)> _order = new();

    public int Count => _known.Count;

    /// <summary>Notes a client.</summary>
    /// <returns>Whether it was not there.</returns>
    public bool TryAdd(PeerAddress client, long now)
    {
        while (_order.TryPeek(out (PeerAddress Client, long At) oldest)
            && (now - oldest.At >= CompanionModel.ClientRests || (_order.Count >= CompanionModel.MaximumClients && !_known.Contains(client))))
        {
            _known.Remove(_order.Dequeue().Client);
        }

        if (!_known.Add(client))
        {
            return false;
        }

        _order.Enqueue((client, now));
        return true;
    }
}
