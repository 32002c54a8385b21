namespace Roundtrip.Transport.RawSockets;

/// <summary>How far a connection has come that was begun.</summary>
public enum ConnectionState
{
    /// <summary>The SYN was not answered yet.</summary>
    Pending,

    Established,

    /// <summary>It was refused, or an error came.</summary>
    Closed,
}
