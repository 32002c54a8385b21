namespace Roundtrip.Client;

/// <summary>Where requests go (RFC 9110 section 4.3.1): what connections are kept by.</summary>
/// <param name="IsSecure">Whether the scheme is https.</param>
/// <param name="Host">A name in ASCII, or an address without brackets.</param>
public readonly record struct Origin(bool IsSecure, string Host, ushort Port);
