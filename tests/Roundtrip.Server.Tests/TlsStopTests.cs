using System.Runtime.Versioning;

namespace Roundtrip.Server.Tests;

/// <summary>A stop while TLS has more to send than the client has taken.</summary>
[SupportedOSPlatform("linux")]
public sealed class TlsStopTests : IDisposable
{
    private readonly DrainingServer _server = new();
    private bool _isStopped;

    public TlsStopTests()
    {
        _server.Server.Stop(() => _isStopped = true);
        _server.Loop.RunUntilIdle();
        Assert.False(_isStopped);
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Waits_until_the_client_has_taken_it()
    {
        var received = new MemoryStream();
        _server.Client.CopyTo(received);

        Assert.True(received.Length > DrainingServer.Length);
        Assert.True(_isStopped);
    }

    [Fact]
    public void Waits_no_longer_than_its_StopTimeout()
    {
        _server.Loop.Advance(2_000);
        Assert.False(_isStopped);
        _server.Loop.Advance(2_000);

        Assert.True(_isStopped);
        Assert.Throws<IOException>(() => _server.Client.CopyTo(Stream.Null));
    }
}
