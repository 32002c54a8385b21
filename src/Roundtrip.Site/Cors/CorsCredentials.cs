namespace Roundtrip.Site.Cors;

/// <summary>Whose requests may come with cookies and other credentials and still be read.</summary>
internal enum CorsCredentials : byte
{
    Off,

    /// <summary>Every allowed origin's but <c>null</c>.</summary>
    On,

    /// <summary>That of <c>null</c> too, which any page can make itself.</summary>
    OnForNull,
}
