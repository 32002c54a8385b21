namespace Roundtrip.Stores.Redis;

/// <summary>A Redis server cannot be reached, or says no.</summary>
#pragma warning disable CA1032 // It is made in one way only.
internal sealed class RedisException(string message, Exception? cause = null) : Exception(message, cause);
#pragma warning restore CA1032
