namespace Roundtrip.Packets.Dns;

/// <summary>The types of records that are read (RFC 1035 section 3.2.2, RFC 3596); others have a number.</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CName = 5,
    Soa = 6,

    /// <summary>PTR.</summary>
    DomainNamePointer = 12,

    Aaaa = 28,

    /// <summary>No record but what is said of the message (RFC 6891).</summary>
    Opt = 41,
}
