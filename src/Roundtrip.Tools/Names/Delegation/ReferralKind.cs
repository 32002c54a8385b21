namespace Roundtrip.Tools.Names.Delegation;

/// <summary>What a server's answer says to one who walks down the delegations.</summary>
internal enum ReferralKind
{
    /// <summary>It does not answer for the zone: it refuses, fails, knows no better than the zone above, or speaks without authority. Lame (RFC 8499 section 7).</summary>
    Lame,

    /// <summary>The records that were asked for.</summary>
    Answer,

    /// <summary>The name is another's: CNAME.</summary>
    Alias,

    /// <summary>Others answer for a zone nearer to the name.</summary>
    Delegation,

    NoSuchName,

    /// <summary>The name is there, without such records.</summary>
    NoData,
}
