using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class IdleBufferTests
{
    [Fact]
    public void A_connection_at_rest_gives_its_record_buffers_up_and_works_on()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), echo: true);
        pair.Handshake();
        Assert.Equal(1, pair.TlsLoop.IdleBuffers.Count);

        Sweep(pair);
        Assert.Equal(1, pair.TlsLoop.IdleBuffers.Count);
        Sweep(pair);
        Assert.Equal(0, pair.TlsLoop.IdleBuffers.Count);

        pair.Client.Write("once more"u8);
        Assert.Equal("once more"u8.ToArray(), pair.ClientRead(9));
        Assert.Equal(1, pair.TlsLoop.IdleBuffers.Count);
    }

    [Fact]
    public void Buffers_that_hold_part_of_a_record_are_kept()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), echo: true);
        pair.Handshake();
        pair.Client.Write("whole"u8);
        byte[] record = pair.Client.TakeOutput(int.MaxValue);
        pair.Inner.ClientSend(record.AsSpan(0, record.Length - 3));
        pair.Loop.RunUntilIdle();

        Sweep(pair);
        Sweep(pair);
        Sweep(pair);
        Assert.Equal(1, pair.TlsLoop.IdleBuffers.Count);

        pair.Inner.ClientSend(record.AsSpan(record.Length - 3));
        pair.Loop.RunUntilIdle();
        Assert.Equal("whole"u8.ToArray(), pair.ClientRead(5));
    }

    [Fact]
    public void A_closed_connection_is_not_kept_in_the_list()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Server.Close();

        Assert.Equal(0, pair.TlsLoop.IdleBuffers.Count);
    }

    private static void Sweep(TlsTestPair pair) => pair.Loop.Advance(IdleBuffers.SweepInterval + TimerWheel.Granularity);
}
