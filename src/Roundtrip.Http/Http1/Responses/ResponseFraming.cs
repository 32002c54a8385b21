namespace Roundtrip.Http.Http1;

/// <summary>How a response's content is delimited (RFC 9112 section 6.3).</summary>
internal enum ResponseFraming : byte
{
    /// <summary>The response has not begun.</summary>
    None,

    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>By the chunked transfer coding.</summary>
    Chunked,

    /// <summary>By the end of the connection: to HTTP/1.0 and 0.9 clients.</summary>
    UntilClose,

    /// <summary>There is none whatever the fields say: to HEAD, and with 304.</summary>
    Absent,
}
