using Roundtrip.Live.Stores;

namespace Roundtrip.Stores;

/// <summary>A store as all hubs have it together that are kept there.</summary>
internal interface ISharedStore : IDisposable
{
    /// <summary>Whether no hub is kept in it.</summary>
    bool IsUnused { get; }

    bool TryJoin(string hub, ILiveFollower follower, out string fault);

    void Leave(string hub, ILiveFollower follower);

    void Append(in Pending pending);
}
