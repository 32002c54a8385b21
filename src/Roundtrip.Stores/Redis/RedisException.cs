namespace Roundtrip.Stores.Redis;

/// <summary>A Redis server cannot be reached, or says no.</summary>
#pragma warning disable CA1032 // It is made in one way only.
internal sealed class RedisException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it is the server's own answer.</summary>
    public bool IsAnswer { get; init; }
}
#pragma warning restore CA1032
