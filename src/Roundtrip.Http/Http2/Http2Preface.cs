namespace Roundtrip.Http.Http2;

/// <summary>RFC 9113 section 3.4: what a client sends first, chosen so that no HTTP/1 server takes it for a request that it could serve.</summary>
public static class Http2Preface
{
    public static ReadOnlySpan<byte> Client => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
}
