namespace Roundtrip.Http;

/// <summary>The content codings in which files are kept ready, most wanted first (RFC 9110 section 8.4.1, RFC 7932, RFC 8878).</summary>
public enum ContentCoding : byte
{
    Brotli,
    Zstandard,
    Gzip,

    /// <summary>None: the content as it is.</summary>
    Identity,
}
