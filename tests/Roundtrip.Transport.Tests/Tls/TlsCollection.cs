namespace Roundtrip.Transport.Tests.Tls;

/// <summary>One after the other: the tests count the live SSL objects of the process.</summary>
[CollectionDefinition(nameof(TlsCollection), DisableParallelization = true)]
public sealed class TlsCollection;
