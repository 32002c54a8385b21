using System.Text;

namespace Roundtrip.Http.Http2;

/// <summary>Makes the path of a promise of what a field names: only what the same server answers for under the same authority may be promised (RFC 9113 section 8.4).</summary>
internal static class PushTarget
{
    /// <summary>The path with its query, or empty where the target is another server's or cannot stand in a request.</summary>
    /// <param name="target">An absolute URL, or a reference relative to the request's own.</param>
    public static ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> target, RequestHead request)
    {
        int colon = target.IndexOf("://"u8);
        if (colon > 0 && target[..colon].IndexOf((byte)'/') < 0)
        {
            ReadOnlySpan<byte> scheme = request.IsSecure ? "https"u8 : "http"u8;
            ReadOnlySpan<byte> rest = target[(colon + 3)..];
            int slash = rest.IndexOf((byte)'/');
            bool isOurs = Ascii.EqualsIgnoreCase(target[..colon], scheme) && slash > 0 && Ascii.EqualsIgnoreCase(rest[..slash], request.Authority);
            return isOurs ? Checked(rest[slash..]) : default;
        }

        if (target.StartsWith("//"u8))
        {
            return default;
        }

        return target.StartsWith("/"u8) ? Checked(target) : Checked((byte[])[.. request.Path[..(request.Path.LastIndexOf((byte)'/') + 1)], .. target]);
    }

    // Without a fragment; a path that climbs is nobody's to promise.
    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> path)
    {
        int fragment = path.IndexOf((byte)'#');
        path = fragment < 0 ? path : path[..fragment];
        return path.IsEmpty || path.IndexOf("/.."u8) >= 0 || !Http1.RequestTarget.IsPath(path) ? default : path;
    }
}
