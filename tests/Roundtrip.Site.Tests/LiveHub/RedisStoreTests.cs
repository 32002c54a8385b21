using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

public sealed class RedisStoreTests : StoreContract, IDisposable
{
    private readonly RedisProcess _redis = new();

    protected override string Store => $"ServerName live.test\nLiveBackplane {_redis.Url}";

    public void Dispose() => _redis.Dispose();
}
