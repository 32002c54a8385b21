namespace Roundtrip.Live.Stores;

/// <summary>The stores that there are. Stores at one address share what is open there.</summary>
public interface ILiveStores
{
    /// <summary>Opens a hub's store. Where the address is a file it is read before this returns; a server is reached later, and until then the follower is told nothing.</summary>
    /// <param name="hub">What names the hub in every configuration, and on every server that shares it.</param>
    /// <param name="store">The store; it is disposed by whoever asked for it.</param>
    /// <param name="fault">Why there is none, in a sentence.</param>
    bool TryOpen(StoreAddress address, string hub, ILiveFollower follower, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ILiveStore? store, out string fault);
}
