namespace Roundtrip.Site.Core;

/// <summary>How much the Server field says.</summary>
public enum ServerTokens : byte
{
    /// <summary><c>Roundtrip</c>.</summary>
    ProductOnly,

    /// <summary><c>Roundtrip/0</c>.</summary>
    Major,

    /// <summary><c>Roundtrip/0.1</c>.</summary>
    Minor,

    /// <summary><c>Roundtrip/0.1.0</c>.</summary>
    Minimal,

    /// <summary><c>Roundtrip/0.1.0 (Debian)</c>.</summary>
    OperatingSystem,

    /// <summary>The same: there are no further modules to name.</summary>
    Full,
}
