using System.Runtime.Versioning;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>ResponseMinRate of what waits in TLS when the driver is done with the connection.</summary>
[SupportedOSPlatform("linux")]
public class TlsRateTests
{
    private const int Most = 1_000_000;

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(Most, null, true)]
    [InlineData(0, Most, true)]
    [InlineData(Most, 0, false)]
    public void Is_that_of_the_host_that_SNI_names(int ofServer, int? ofHost, bool isReset)
    {
        using var server = new DrainingServer(WithRate(ofServer), ofHost is { } rate ? WithRate(rate) : null);

        // A record in ten seconds: it is something, and less than Most.
        Assert.NotEqual(0, server.Client.Read(new byte[1000]));
        server.Loop.Advance(11_000);

        Exception? fault = Record.Exception(() => server.Client.CopyTo(Stream.Null));
        Assert.Equal(isReset, fault is IOException);
    }

    private static HttpLimits WithRate(int bytesASecond) => HttpLimits.Default with { ResponseMinRate = bytesASecond };
}
