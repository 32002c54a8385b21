namespace Roundtrip.Transport;

/// <summary>What a TLS handshake agreed on.</summary>
/// <param name="Protocol"><c>TLSv1.2</c> or <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The suite's name as OpenSSL gives it.</param>
/// <param name="ServerName">The name that the client asked for (SNI, RFC 6066), or null.</param>
/// <param name="ApplicationProtocol">The protocol that ALPN chose (RFC 7301), such as <c>http/1.1</c>, or null.</param>
/// <param name="IsResumed">Whether an earlier session went on: by a ticket or by its identifier.</param>
public sealed record TlsFacts(string Protocol, string Cipher, string? ServerName, string? ApplicationProtocol, bool IsResumed);
