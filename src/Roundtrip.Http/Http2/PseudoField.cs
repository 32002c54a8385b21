namespace Roundtrip.Http.Http2;

/// <summary>The pseudo-fields (RFC 9113 section 8.3, RFC 8441 section 4).</summary>
public enum PseudoField : byte
{
    /// <summary>A regular field.</summary>
    None,

    Authority,
    Method,
    Path,
    Scheme,
    Status,
    Protocol,

    /// <summary>A name that begins with a colon and is none of these.</summary>
    Unknown,
}
