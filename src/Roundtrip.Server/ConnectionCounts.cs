using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>How many connections are open, in all and from each address (of IPv6: each /64), over all loops. Thread-safe.</summary>
internal sealed class ConnectionCounts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerAddress, int> _byClient = [];
    private int _total;

    public int Total => Volatile.Read(ref _total);

    /// <returns><see cref="EndReason.None"/> when the connection is counted, otherwise the limit that refuses it.</returns>
    public EndReason TryAdd(PeerAddress remote, HttpLimits limits)
    {
        PeerAddress client = remote.WithoutHost();
        lock (_lock)
        {
            if (_total >= limits.MaxConnections)
            {
                return EndReason.TooManyConnections;
            }

            _byClient.TryGetValue(client, out int count);
            if (limits.MaxConnectionsPerAddress > 0 && count >= limits.MaxConnectionsPerAddress)
            {
                return EndReason.TooManyConnectionsFromAddress;
            }

            _byClient[client] = count + 1;
            _total++;
            return EndReason.None;
        }
    }

    public void Remove(PeerAddress remote)
    {
        PeerAddress client = remote.WithoutHost();
        lock (_lock)
        {
            _total--;
            int count = _byClient[client] - 1;
            if (count == 0)
            {
                _byClient.Remove(client);
            }
            else
            {
                _byClient[client] = count;
            }
        }
    }
}
