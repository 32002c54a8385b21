using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>Bounds that no configuration moves.</summary>
internal static class Http1Limits
{
    /// <summary>The largest head in bytes, whatever LimitRequestHead says: it and one read must fit the largest buffer.</summary>
    public const int Head = BufferPool.MaximumSize - 64 * 1024;

    /// <summary>How many bytes of a body may wait for a handler that does not read.</summary>
    public const int BufferedBody = 64 * 1024;

    /// <summary>How many bytes of an unread body are taken off the connection after the response, so that it can be used again.</summary>
    public const int DiscardedBody = 64 * 1024;

    /// <summary>How many bytes all chunk extensions of one body may have (RFC 9112 section 7.1.1 asks for a limit).</summary>
    public const int ChunkExtensions = 8192;

    /// <summary>The longest trailer line: a line must fit what may wait of a body.</summary>
    public const int TrailerLine = BufferedBody / 2;
}
