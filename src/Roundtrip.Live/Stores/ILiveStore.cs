using Roundtrip.Live.Log;

namespace Roundtrip.Live.Stores;

/// <summary>
/// What keeps a hub's messages, and gives them their order. A hub without one keeps them in memory. The store calls its <see cref="ILiveFollower"/> and receipts on threads of its own,
/// one call at a time for each follower.
/// </summary>
public interface ILiveStore : IDisposable
{
    /// <summary>
    /// Stores a draft soon, behind all that were given before it. May be called on any thread, and does not wait. Its follower has the message (<see cref="ILiveFollower.Add"/>) before or soon after
    /// the receipt is told, with the same id.
    /// </summary>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="receipt">Told the outcome once, perhaps before this returns; null where nobody wants to know.</param>
    void Append(LiveDraft draft, long now, ILiveReceipt? receipt);

    /// <summary>Asks for what there is, which others may have stored: the receipt is told <see cref="ILiveReceipt.Stored"/>, with no id, once the follower has all that was there when this was called.</summary>
    void CatchUp(ILiveReceipt receipt);
}
