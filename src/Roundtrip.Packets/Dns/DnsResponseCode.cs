namespace Roundtrip.Packets.Dns;

/// <summary>How a server answers (RFC 1035 section 4.1.1, RFC 6891 section 6.1.3); others have a number.</summary>
public enum DnsResponseCode : ushort
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,

    /// <summary>There is no such name: NXDOMAIN.</summary>
    NoSuchName = 3,

    NotImplemented = 4,
    Refused = 5,
}
