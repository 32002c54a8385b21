using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores;

/// <summary>A draft on its way to the store; or, without one, the question how far the store is.</summary>
/// <param name="Hub">What names the hub in the store.</param>
/// <param name="History">How much of the past the hub keeps.</param>
/// <param name="Now">Milliseconds since 1970.</param>
internal readonly record struct Pending(string Hub, HistoryLimit History, LiveDraft? Draft, long Now, ILiveReceipt? Receipt)
{
    /// <summary>About how many bytes wait with it.</summary>
    public int Size => 256 + (Draft?.Data.Length ?? 0);
}
