namespace Roundtrip.Transport.Tls;

/// <summary>A certificate with the chain behind it, and its key.</summary>
/// <param name="ChainFile">A PEM file: the server's certificate first, then those that lead to the root.</param>
/// <param name="KeyFile">A PEM file with the key, not encrypted. It may be the same file.</param>
public readonly record struct TlsCertificateFiles(string ChainFile, string KeyFile);
