namespace Roundtrip.Http;

/// <summary>The version in which a request came.</summary>
public enum ProtocolVersion : byte
{
    Http09,
    Http10,
    Http11,
    Http2,
}
