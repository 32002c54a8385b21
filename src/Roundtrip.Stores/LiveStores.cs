using System.Diagnostics.CodeAnalysis;
using Roundtrip.Live.Stores;
using Roundtrip.Stores.Redis;
using Roundtrip.Stores.Sqlite;

namespace Roundtrip.Stores;

/// <summary>The stores of live channels: SQLite and Redis. What several hubs have at one address is open once. Thread-safe.</summary>
public sealed class LiveStores : ILiveStores
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StoreAddress, ISharedStore> _open = [];

    public bool TryOpen(StoreAddress address, string hub, ILiveFollower follower, [NotNullWhen(true)] out ILiveStore? store, out string fault)
    {
        (store, fault) = (null, "");
        lock (_lock)
        {
            if (!_open.TryGetValue(address, out ISharedStore? shared))
            {
                if (!address.IsFile)
                {
                    shared = new RedisServer(address);
                }
                else if (SqliteFile.TryOpen(address.Path, out SqliteFile? file, out fault))
                {
                    shared = file;
                }
                else
                {
                    return false;
                }

                _open.Add(address, shared);
            }

            if (!shared.TryJoin(hub, follower, out fault))
            {
                Leave(address, shared);
                return false;
            }

            store = new JoinedStore(this, address, shared, hub, follower);
            return true;
        }
    }

    // Who leaves last closes it.
    private void Leave(StoreAddress address, ISharedStore shared)
    {
        if (shared.IsUnused)
        {
            _open.Remove(address);
            shared.Dispose();
        }
    }

    private sealed class JoinedStore(LiveStores of, StoreAddress address, ISharedStore shared, string hub, ILiveFollower follower) : ILiveStore
    {
        public void Append(Live.Log.LiveDraft draft, long now, ILiveReceipt? receipt) => shared.Append(new Pending(hub, follower.History, draft, now, receipt));

        public void CatchUp(ILiveReceipt receipt)
        {
            if (address.IsFile)
            {
                // It is nobody else's.
                receipt.Stored("");
            }
            else
            {
                shared.Append(new Pending(hub, follower.History, null, 0, receipt));
            }
        }

        public void Dispose()
        {
            lock (of._lock)
            {
                shared.Leave(hub, follower);
                of.Leave(address, shared);
            }
        }
    }
}
