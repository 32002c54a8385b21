namespace Roundtrip.Site.EarlyHints;

/// <summary>Who is sent 103 (Early Hints), and of what.</summary>
internal enum EarlyHintsMode
{
    Off,

    /// <summary>H2EarlyHints on: what the configuration names, over HTTP/2 alone.</summary>
    Http2,

    /// <summary>What the configuration names, over HTTP/1.1 too.</summary>
    On,

    /// <summary>What clients were seen to fetch, too.</summary>
    Learn,
}
