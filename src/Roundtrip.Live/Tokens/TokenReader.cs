using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Roundtrip.Live.Tokens;

/// <summary>
/// A JSON Web Token (RFC 7519) as JWS in compact form (RFC 7515 §3.1). The signature is checked first, by the key and algorithm of the configuration; not a byte of the token is looked into before.
/// </summary>
public static class TokenReader
{
    /// <summary>The longest token in characters.</summary>
    public const int MaximumLength = 16 * 1024;

    // Clocks of machines differ.
    private const int Leeway = 5;

    /// <param name="unixSeconds">The time, in seconds since 1970.</param>
    public static TokenFault TryRead(string token, TokenKey key, long unixSeconds, out LiveGrant grant)
    {
        grant = LiveGrant.Nothing;
        int claims = token.IndexOf('.');
        int signature = token.LastIndexOf('.');
        if (token.Length > MaximumLength || claims < 0 || signature == claims || token.AsSpan(claims + 1, signature - claims - 1).Contains('.') || !Ascii.IsValid(token))
        {
            return TokenFault.Malformed;
        }

        if (!TryDecode(token.AsSpan(signature + 1), out byte[] signed))
        {
            return TokenFault.Malformed;
        }

        if (!key.Verifies(Encoding.ASCII.GetBytes(token[..signature]), signed))
        {
            return TokenFault.Signature;
        }

        if (!TryDecode(token.AsSpan(0, claims), out byte[] header) || !TryDecode(token.AsSpan(claims + 1, signature - claims - 1), out byte[] body) || !Utf8.IsValid(body))
        {
            return TokenFault.Malformed;
        }

        try
        {
            return IsFor(header, key.Algorithm) ? TokenClaims.Read(body, unixSeconds, Leeway, out grant) : TokenFault.Header;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter from a string that is no UTF-8, or half of a surrogate pair.
            return TokenFault.Claims;
        }
    }

    // RFC 8725 §3.1: the algorithm is the one that was configured. RFC 7515 §4.1.11: what is critical must be understood, and nothing is.
    private static bool IsFor(byte[] header, TokenAlgorithm algorithm)
    {
        using JsonDocument document = JsonDocument.Parse(header);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("alg", out JsonElement alg) && alg.ValueKind == JsonValueKind.String && alg.ValueEquals(algorithm.ToString())
            && !root.TryGetProperty("crit", out _);
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text) || text.ContainsAny("= \t\r\n"))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }
}
