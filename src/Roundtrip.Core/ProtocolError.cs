namespace Roundtrip.Core;

/// <summary>An error as a value: what went wrong, what the wire is told, how far it reaches and who caused it.</summary>
/// <param name="Reason">The one reason that the log, the metric and the wire are all told.</param>
/// <param name="Code">The protocol's own code: an HTTP status, an HTTP/2 error code, a close code. 0 where the wire is told nothing.</param>
/// <param name="Scope">Whether the connection can go on.</param>
/// <param name="Origin">Who caused it.</param>
public readonly record struct ProtocolError(EndReason Reason, int Code, ErrorScope Scope, ErrorOrigin Origin)
{
    /// <summary>An error that a peer's bytes caused and after which the connection cannot be trusted.</summary>
    public static ProtocolError FromPeer(EndReason reason, int code) => new(reason, code, ErrorScope.Connection, ErrorOrigin.Peer);

    /// <summary>True when this is an error and not the default value, which stands for "none".</summary>
    public bool IsError => Reason != EndReason.None;
}
