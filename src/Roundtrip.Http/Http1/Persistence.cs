using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 9.3: whether a connection goes on after a response.</summary>
internal static class Persistence
{
    /// <returns>None when it persists; otherwise why not. Completed stands for the client's own wish.</returns>
    /// <param name="requests">How many requests the connection has had, this one included.</param>
    public static EndReason WhyClose(
        ProtocolVersion version, ConnectionOptions options, HttpLimits limits, int requests, bool isStopping)
    {
        bool isWanted = (options & ConnectionOptions.Close) == 0
                        && (version == ProtocolVersion.Http11
                            || (version == ProtocolVersion.Http10 && (options & ConnectionOptions.KeepAlive) != 0));
        if (!isWanted)
        {
            return EndReason.Completed;
        }

        if (isStopping)
        {
            return EndReason.ServerStopping;
        }

        bool isLast = !limits.KeepAlive || (limits.MaxKeepAliveRequests > 0 && requests >= limits.MaxKeepAliveRequests);
        return isLast ? EndReason.TooManyRequestsOnConnection : EndReason.None;
    }
}
