namespace Roundtrip.Site.Files;

/// <summary>A resource in a loop's cache.</summary>
internal sealed class HotFile(byte[] path, Resource resource, long checkedAt)
{
    public byte[] Path => path;

    public Resource Resource => resource;

    /// <summary>What it was charged when it was added, in bytes.</summary>
    public long Memory { get; } = resource.Memory;

    /// <summary>The loop's time before the last look that found it unchanged.</summary>
    public long CheckedAt { get; set; } = checkedAt;

    /// <summary>Whether it was asked for since the clock's hand last passed.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Its place on the clock's face.</summary>
    public int Index { get; set; }
}
