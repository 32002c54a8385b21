namespace Roundtrip.Site.Core;

/// <summary>What a limit of a virtual host is of, and with that, where it can count.</summary>
internal enum LimitReach
{
    /// <summary>The time before TLS says which host is wanted: it is the first host's of an address.</summary>
    Handshake,

    /// <summary>A connection: the limit is the first host's of its address, over TLS that of the host that SNI chose.</summary>
    Connection,

    /// <summary>A request: the limit is its host's.</summary>
    Request,
}
