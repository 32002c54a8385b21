namespace Roundtrip.Stores.Redis;

/// <summary>The keys of a hub. The braces keep them on one node of a cluster (Redis cluster specification, "Hash tags").</summary>
internal readonly record struct HubKeys(string Hub)
{
    public string Hash => $"roundtrip:live:{{{Hub}}}";

    public string Stream(string epoch) => $"{Hash}:{epoch}";

    public string Ids(string epoch) => $"{Hash}:{epoch}:ids";
}
