using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Roundtrip.Transport.Tests")]
