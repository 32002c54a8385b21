using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

/// <summary>Whose stream it is: the server's exchange or the client's. All calls are made on the connection's loop, from within the connection's own.</summary>
internal interface IStreamUser
{
    /// <summary>Content has come, or its end: <see cref="Http2Stream.Incoming"/> and <see cref="Http2Stream.IsIncomingEnded"/> have changed.</summary>
    void OnIncoming(long now);

    /// <summary>Less of <see cref="Http2Stream.Outgoing"/> waits than did.</summary>
    void OnRoom();

    /// <summary>The stream is closed, by both ends or by a reset; it is no longer this user's.</summary>
    /// <param name="error">What ended it before its time; the default value where it came to its natural end.</param>
    void OnClosed(in ProtocolError error);

    /// <summary>When the user wants a look at what its peer has sent until then; <see cref="Deadline.None"/> for never.</summary>
    long Deadline { get; }

    /// <summary>That time has come.</summary>
    void OnDeadline(long now);
}
