using System.Text;

namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>
/// RFC 6455 section 10.2: a browser says which page opens a WebSocket, and sends the user's cookies whatever that page is; no CORS stands in between. So a page of another origin is refused unless it
/// was named. What is no browser sends no Origin, or any: this keeps no program out.
/// </summary>
public sealed class OriginRule
{
    /// <summary>Pages of the same origin alone, and what is no browser.</summary>
    public static readonly OriginRule SameOrigin = new([]);

    private readonly byte[][] _allowed;

    /// <param name="allowed">Further origins, as browsers say them: <c>https://example.org</c>, or <c>*</c> for all.</param>
    public OriginRule(ReadOnlySpan<string> allowed)
    {
        _allowed = new byte[allowed.Length][];
        for (int i = 0; i < allowed.Length; i++)
        {
            _allowed[i] = Encoding.ASCII.GetBytes(allowed[i]);
        }
    }

    // RFC 6454 §4 and §6.2: an origin's scheme and host are in lower case, so that two are the same if their bytes are (§5). No browser sends it otherwise, and what does is no browser.
    public bool Allows(RequestHead request)
    {
        if (!request.Has(KnownField.Origin))
        {
            return true;
        }

        if (request.Count(KnownField.Origin) != 1)
        {
            return false;
        }

        ReadOnlySpan<byte> origin = request.Value(KnownField.Origin);
        foreach (byte[] allowed in _allowed)
        {
            if (allowed.AsSpan().SequenceEqual("*"u8) || origin.SequenceEqual(allowed))
            {
                return true;
            }
        }

        return IsSame(origin, request);
    }

    private static bool IsSame(ReadOnlySpan<byte> origin, RequestHead request)
    {
        ReadOnlySpan<byte> scheme = request.IsSecure ? "https://"u8 : "http://"u8;
        ReadOnlySpan<byte> defaultPort = request.IsSecure ? ":443"u8 : ":80"u8;
        if (!origin.StartsWith(scheme))
        {
            return false;
        }

        // An origin leaves the default port away; a Host may have it.
        ReadOnlySpan<byte> authority = request.Authority;
        if (authority.EndsWith(defaultPort))
        {
            authority = authority[..^defaultPort.Length];
        }

        // A Host is compared without regard to case (RFC 9110 §4.2.3), an origin is not.
        return !authority.IsEmpty && !origin.ContainsAnyInRange((byte)'A', (byte)'Z') && Ascii.EqualsIgnoreCase(origin[scheme.Length..], authority);
    }
}
