namespace Roundtrip.Http.Http2;

/// <summary>How a connection without TLS may come to HTTP/2 (h2c).</summary>
[Flags]
public enum Http2Cleartext : byte
{
    None = 0,

    /// <summary>By prior knowledge: it begins with HTTP/2's preface (RFC 9113 section 3.3).</summary>
    Direct = 1,

    /// <summary>By Upgrade from HTTP/1.1 (RFC 7540 section 3.2; RFC 9113 has it no more, clients still do).</summary>
    Upgrade = 2,
}
