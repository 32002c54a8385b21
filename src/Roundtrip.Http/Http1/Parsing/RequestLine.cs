using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 3: <c>method SP request-target SP HTTP-version</c>, with single spaces and nothing else.</summary>
internal static class RequestLine
{
    /// <summary>Reads the line into <paramref name="head"/>, whose offset 0 is the line's first byte.</summary>
    /// <returns><see cref="EndReason.None"/>, or what is wrong.</returns>
    public static EndReason Parse(ReadOnlySpan<byte> line, RequestHead head, bool allowHttp09, bool isSecure)
    {
        int methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0)
        {
            return EndReason.InvalidRequestLine;
        }

        Method method = Methods.Find(line[..methodEnd]);
        if (method == Method.Other && !FieldRules.IsToken(line[..methodEnd]))
        {
            return EndReason.InvalidMethod;
        }

        head.SetMethod(method, new Slice(0, methodEnd));

        int targetAt = methodEnd + 1;
        int targetLength = line[targetAt..].IndexOf((byte)' ');
        if (targetLength < 0)
        {
            return ParseHttp09(line, targetAt, head, allowHttp09, isSecure);
        }

        // RFC 9112 §3 lets lenient parsers split at any white space: two parsers then find two targets. One space, or 400.
        ReadOnlySpan<byte> version = line[(targetAt + targetLength + 1)..];
        if (targetLength == 0 || version.Contains((byte)' '))
        {
            return EndReason.InvalidRequestLine;
        }

        EndReason reason = ParseVersion(version, head);
        return reason != EndReason.None
            ? reason
            : RequestTarget.Parse(line, new Slice(targetAt, targetLength), head, isSecure);
    }

    // RFC 9112 §2.3: HTTP-version = "HTTP" "/" DIGIT "." DIGIT, case-sensitive.
    private static EndReason ParseVersion(ReadOnlySpan<byte> version, RequestHead head)
    {
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            head.Version = ProtocolVersion.Http11;
            return EndReason.None;
        }

        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)version[5]) || version[6] != (byte)'.'
            || !char.IsAsciiDigit((char)version[7]))
        {
            return EndReason.InvalidVersion;
        }

        if (version[5] != (byte)'1')
        {
            return EndReason.UnsupportedVersion;
        }

        // RFC 9110 §2.5: a higher minor version is treated as the highest one that we have.
        head.Version = version[7] == (byte)'0' ? ProtocolVersion.Http10 : ProtocolVersion.Http11;
        return EndReason.None;
    }

    // RFC 1945 §4.1: Simple-Request = "GET" SP Request-URI CRLF.
    private static EndReason ParseHttp09(ReadOnlySpan<byte> line, int targetAt, RequestHead head, bool allowed, bool isSecure)
    {
        if (head.Method != Method.Get || targetAt == line.Length)
        {
            return EndReason.InvalidRequestLine;
        }

        head.Version = ProtocolVersion.Http09;
        return allowed
            ? RequestTarget.Parse(line, new Slice(targetAt, line.Length - targetAt), head, isSecure)
            : EndReason.Http09NotAllowed;
    }
}
