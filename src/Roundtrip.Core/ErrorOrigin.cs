namespace Roundtrip.Core;

/// <summary>Who caused an error.</summary>
public enum ErrorOrigin : byte
{
    /// <summary>The other end of the connection.</summary>
    Peer,

    /// <summary>The code that answers requests.</summary>
    Handler,

    /// <summary>This server: a limit, a deadline, a lack of descriptors or memory.</summary>
    Server,
}
