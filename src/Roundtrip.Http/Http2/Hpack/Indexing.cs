namespace Roundtrip.Http.Http2.Hpack;

/// <summary>What an encoder does to the table with a literal field (RFC 7541 section 6.2).</summary>
public enum Indexing : byte
{
    /// <summary>Section 6.2.1: it is inserted, so that it costs a byte when it comes again.</summary>
    Incremental,

    /// <summary>Section 6.2.2: it is not.</summary>
    Without,

    /// <summary>Section 6.2.3: nor may anybody who passes it on. For secrets, which could be guessed by the length of a block (section 7.1).</summary>
    Never,
}
