namespace Roundtrip.Live.Tokens;

/// <summary>How a token is signed (RFC 7518 §3.1). <c>none</c> is not among them.</summary>
public enum TokenAlgorithm : byte
{
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
}
