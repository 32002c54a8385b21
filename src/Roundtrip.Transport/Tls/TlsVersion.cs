namespace Roundtrip.Transport.Tls;

/// <summary>The versions of TLS that are served. The values are those of the wire.</summary>
public enum TlsVersion
{
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}
