namespace Roundtrip.Peers.Tests.Http2;

/// <summary>RFC 8441, asked for by python3-h2.</summary>
public sealed class TunnelClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_protocol_that_nobody_takes_is_501()
    {
        _folder.Write("site.conf", "Protocols h2c http/1.1\n");
        _folder.Write("tunnel", "a file where the tunnel is asked for");
        using var server = new RoundtripProcess(_folder.Path);
        Finished asked = Run.Program("/usr/bin/python3", Path.Combine(Repository.Root, "tests/Roundtrip.Server.Tests/tunnel.py"), $"{server.HttpPort}", "1024");

        Assert.Contains("(':status', '501')", asked.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("was not announced", asked.Errors, StringComparison.Ordinal);
    }
}
