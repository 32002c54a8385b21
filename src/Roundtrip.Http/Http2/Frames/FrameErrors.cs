using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>Makes the errors of RFC 9113 section 5.4, which the peer caused.</summary>
internal static class FrameErrors
{
    /// <summary>Section 5.4.1: GOAWAY, and the connection closes.</summary>
    public static ProtocolError Connection(EndReason reason, ErrorCode code) => ProtocolError.FromPeer(reason, (int)code);

    /// <summary>Section 5.4.2: RST_STREAM, and the connection goes on.</summary>
    public static ProtocolError Stream(EndReason reason, ErrorCode code) => new(reason, (int)code, ErrorScope.Exchange, ErrorOrigin.Peer);
}
