using System.Buffers;
using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 3.2: the four forms of a request target.</summary>
internal static class RequestTarget
{
    // Visible ASCII without "#". Strict where bytes could change how the line or its log entry is read: no controls, no space, nothing
    // beyond ASCII, no fragment (RFC 9110 §7.1 takes it off before the request is made). Deviates: RFC 3986 §2 has no "<>\^`{|} either,
    // but browsers send some of them raw in queries, and they mean nothing to framing; a handler that maps paths decides about them.
    private static readonly SearchValues<byte> TargetBytes = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>Reads the target into <paramref name="head"/>, whose method is known.</summary>
    /// <param name="isSecure">Whether the connection is: the scheme of an absolute form must say the same.</param>
    public static EndReason Parse(ReadOnlySpan<byte> line, Slice target, RequestHead head, bool isSecure)
    {
        ReadOnlySpan<byte> text = line.Slice(target.Offset, target.Length);
        if (text.ContainsAnyExcept(TargetBytes))
        {
            return EndReason.InvalidTarget;
        }

        head.IsSecure = isSecure;
        if (head.Method == Method.Connect)
        {
            // RFC 9112 §3.2.3: the authority form, with a port. It is checked only to tell a bad request from one that we don't serve:
            // a server that is no proxy has no tunnel to offer, for any target, so this is 501 and not a resource's 405.
            return text.LastIndexOf((byte)':') is var colon and > 0 && colon < text.Length - 1 && UriHost.IsValid(text)
                ? EndReason.ConnectNotSupported
                : EndReason.InvalidTarget;
        }

        if (text[0] == (byte)'/')
        {
            SetOriginForm(text, target, target.Offset, head);
            return EndReason.None;
        }

        if (text.SequenceEqual("*"u8))
        {
            // RFC 9112 §3.2.4: the asterisk form is only for a server-wide OPTIONS.
            if (head.Method != Method.Options)
            {
                return EndReason.InvalidTarget;
            }

            head.SetTarget(target, target, default, hasQuery: false);
            return EndReason.None;
        }

        return ParseAbsoluteForm(text, target, head, isSecure);
    }

    /// <summary>Whether a path with its query could stand in a request.</summary>
    public static bool IsPath(ReadOnlySpan<byte> text) => text.StartsWith("/"u8) && !text.ContainsAnyExcept(TargetBytes);

    /// <summary>Reads the path and query that HTTP/2 has in <c>:path</c>: the origin form or the asterisk form (RFC 9113 section 8.3.1).</summary>
    public static EndReason ParsePath(ReadOnlySpan<byte> text, Slice path, RequestHead head)
    {
        if (text.Slice(path.Offset, path.Length).ContainsAnyExcept(TargetBytes))
        {
            return EndReason.InvalidTarget;
        }

        SetOriginForm(text.Slice(path.Offset, path.Length), path, path.Offset, head);
        return EndReason.None;
    }

    private static void SetOriginForm(ReadOnlySpan<byte> text, Slice target, int pathAt, RequestHead head)
    {
        ReadOnlySpan<byte> pathAndQuery = text[(pathAt - target.Offset)..];
        int question = pathAndQuery.IndexOf((byte)'?');
        if (question < 0)
        {
            head.SetTarget(target, new Slice(pathAt, pathAndQuery.Length), default, hasQuery: false);
        }
        else
        {
            var query = new Slice(pathAt + question + 1, pathAndQuery.Length - question - 1);
            head.SetTarget(target, new Slice(pathAt, question), query, hasQuery: true);
        }
    }

    // RFC 9112 §3.2.2: a server MUST accept the absolute form, from any client.
    private static EndReason ParseAbsoluteForm(ReadOnlySpan<byte> text, Slice target, RequestHead head, bool isSecure)
    {
        int schemeEnd = text.IndexOf("://"u8);
        bool isHttps = schemeEnd == 5 && Ascii.EqualsIgnoreCase(text[..5], "https"u8);
        if (!isHttps && !(schemeEnd == 4 && Ascii.EqualsIgnoreCase(text[..4], "http"u8)))
        {
            return EndReason.InvalidTarget;
        }

        int authorityAt = schemeEnd + 3;
        int authorityLength = text[authorityAt..].IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0)
        {
            authorityLength = text.Length - authorityAt;
        }

        // RFC 9110 §4.2.1: an empty host is invalid; §4.2.4: user information is an error. UriHost has neither.
        if (!UriHost.IsValid(text.Slice(authorityAt, authorityLength)))
        {
            return EndReason.InvalidTarget;
        }

        int pathAt = authorityAt + authorityLength;
        if (pathAt < text.Length && text[pathAt] == (byte)'/')
        {
            SetOriginForm(text, target, target.Offset + pathAt, head);
        }
        else
        {
            // RFC 9110 §4.2.3: an empty path is "/". The head has slices only, so the second slash of "://" lends its byte.
            bool hasQuery = pathAt < text.Length;
            Slice query = hasQuery ? new Slice(target.Offset + pathAt + 1, text.Length - pathAt - 1) : default;
            head.SetTarget(target, new Slice(target.Offset + authorityAt - 1, 1), query, hasQuery);
        }

        head.SetAuthority(new Slice(target.Offset + authorityAt, authorityLength));

        // RFC 9110 §7.4: an origin that this connection has no authority for.
        return isHttps == isSecure ? EndReason.None : EndReason.MisdirectedRequest;
    }
}
