using Roundtrip.Http;

namespace Roundtrip.Site.EarlyHints;

/// <summary>Which requests are for a page that a browser will show, and which for what such a page needs (W3C Fetch Metadata).</summary>
internal static class Navigation
{
    /// <summary>
    /// Whether a client that heeds hints asks for a page. Browsers heed them for navigations alone, and the field keeps them from clients that break on 1xx, which do not send it. Who asks whether its
    /// copy is still good, or for a part, has the companions; HTTP/1.0 has no 1xx.
    /// </summary>
    public static bool Is(RequestHead request) => request.Method == Method.Get && request.Version >= ProtocolVersion.Http11
        && request.Value(KnownField.SecFetchMode).SequenceEqual("navigate"u8)
        && (!request.Has(KnownField.SecFetchDest) || request.Value(KnownField.SecFetchDest).SequenceEqual("document"u8))
        && !request.Has(KnownField.IfNoneMatch) && !request.Has(KnownField.IfModifiedSince) && !request.Has(KnownField.Range);

    /// <summary>Whether anything may be learnt of the request: not of one whose address or answer may be its client's alone, nor of a prefetch, which fetches nothing more.</summary>
    public static bool MayBeLearnt(RequestHead request) =>
        !request.HasQuery && !request.Has(KnownField.Authorization) && !request.Has(KnownField.SecPurpose);

    /// <summary>The path of the request's Referer, where that is of the same origin, with its query, by which it is no page that anything is learnt of; otherwise empty.</summary>
    public static ReadOnlySpan<byte> RefererOf(RequestHead request)
    {
        if (!request.Value(KnownField.SecFetchSite).SequenceEqual("same-origin"u8))
        {
            return default;
        }

        // The default policy of browsers gives the whole address to its own origin (W3C Referrer Policy: strict-origin-when-cross-origin).
        ReadOnlySpan<byte> referer = request.Value(KnownField.Referer);
        ReadOnlySpan<byte> scheme = request.IsSecure ? "https://"u8 : "http://"u8;
        ReadOnlySpan<byte> authority = request.Authority;
        if (authority.IsEmpty || !referer.StartsWith(scheme) || !referer[scheme.Length..].StartsWith(authority))
        {
            return default;
        }

        ReadOnlySpan<byte> path = referer[(scheme.Length + authority.Length)..];
        return path.StartsWith("/"u8) ? path : default;
    }
}
