using Roundtrip.Core;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>The reasons that a WebSocket finds; the tests beside this file hold them.</summary>
internal static class WebSocketReasons
{
    /// <summary>Those of a frame or a message: <see cref="FrameFailureTests"/> has a vector of each.</summary>
    public static readonly EndReason[] OfFrames =
    [
        EndReason.WebSocketReservedBits, EndReason.WebSocketReservedOpcode, EndReason.WebSocketControlFragmented, EndReason.WebSocketControlTooLong, EndReason.WebSocketUnmasked,
        EndReason.WebSocketInvalidLength, EndReason.WebSocketUnexpectedContinuation, EndReason.WebSocketMessageInterrupted, EndReason.WebSocketInvalidUtf8, EndReason.WebSocketInvalidClose,
        EndReason.WebSocketInvalidDeflate, EndReason.WebSocketFrameTooLarge, EndReason.WebSocketMessageTooLarge, EndReason.WebSocketTooManyFragments,
    ];

    public static readonly EndReason[] All =
        [.. OfFrames, EndReason.WebSocketMasked, EndReason.WebSocketPongTimeout, EndReason.WebSocketCloseTimeout, EndReason.WebSocketTruncated];
}
