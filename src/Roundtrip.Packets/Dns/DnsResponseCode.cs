namespace Roundtrip.Packets.Dns;

/// <summary>How a server answers (RFC 1035 section 4.1.1); others have a number.</summary>
public enum DnsResponseCode : byte
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,

    /// <summary>There is no such name: NXDOMAIN.</summary>
    NoSuchName = 3,

    NotImplemented = 4,
    Refused = 5,
}
