namespace Roundtrip.Trace.Probes;

/// <summary>What an answer says of its probe.</summary>
public enum AnswerKind
{
    /// <summary>Nothing: the message is no answer.</summary>
    None,

    /// <summary>A router let it go no further.</summary>
    TimeExceeded,

    /// <summary>It arrived: port unreachable, an echo reply, a SYN's answer.</summary>
    Reached,

    NetUnreachable,
    HostUnreachable,
    ProtocolUnreachable,

    /// <summary>It is too large for a link (Fragmentation Needed, Packet Too Big).</summary>
    TooBig,

    SourceRouteFailed,

    /// <summary>A rule forbids it (communication administratively prohibited).</summary>
    Prohibited,

    PrecedenceViolation,
    PrecedenceCutoff,

    /// <summary>Destination Unreachable with a code that has no name here.</summary>
    OtherUnreachable,
}
