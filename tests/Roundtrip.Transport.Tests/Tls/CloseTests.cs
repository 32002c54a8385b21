using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class CloseTests
{
    [Fact]
    public void Close_sends_close_notify()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Server.Close();
        pair.Pump();
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.True(pair.Client.SawCloseNotify);
        Assert.True(pair.Inner.IsClosed);
    }

    [Fact]
    public void Reset_sends_no_close_notify()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Server.Reset();
        pair.Pump();
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.False(pair.Client.SawCloseNotify);
        Assert.True(pair.Inner.IsReset);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void After_the_clients_close_notify_the_server_still_answers(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version));
        pair.Handshake();
        pair.Client.Write("last"u8);
        pair.Client.Shutdown();
        pair.Pump();
        Assert.Equal("last"u8, pair.Sink.Received.ToArray());
        Assert.True(pair.Sink.SawEnd);
        Assert.False(pair.Server.IsTruncated);

        pair.Sink.Output.Write("answer"u8);
        pair.Sink.Send();
        Assert.Equal("answer"u8, pair.ClientRead(6));
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void An_end_without_close_notify_is_an_end_that_is_remembered(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version));
        pair.Handshake();
        pair.Client.Write("last"u8);
        pair.Pump();
        pair.Inner.ClientEnd();
        pair.Pump();
        Assert.True(pair.Sink.SawEnd);
        Assert.True(pair.Server.IsTruncated);

        pair.Sink.Output.Write("answer"u8);
        pair.Sink.Send();
        Assert.Equal("answer"u8, pair.ClientRead(6));
    }

    [Fact]
    public void After_ShutdownWrite_the_server_still_reads()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Server.ShutdownWrite();
        pair.Pump();
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.True(pair.Client.SawCloseNotify);
        Assert.True(pair.Inner.ServerEnded);

        pair.Client.Write("more"u8);
        pair.Pump();
        Assert.Equal("more"u8, pair.Sink.Received.ToArray());
    }

    [Fact]
    public void ShutdownWrite_ends_the_inner_connection_only_behind_the_last_byte()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 2000);
        pair.Handshake();
        byte[] body = new byte[20_000];
        Random.Shared.NextBytes(body);
        pair.Sink.Output.Write(body);
        pair.Sink.Send();
        Assert.True(pair.Sink.Output.IsEmpty);
        pair.Server.ShutdownWrite();
        Assert.False(pair.Inner.ServerEnded);
        Assert.Equal(body, pair.ClientRead(body.Length));
        pair.Pump();
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.True(pair.Client.SawCloseNotify);
        Assert.True(pair.Inner.ServerEnded);
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(1)]
    public void What_was_written_before_Close_still_goes_out(int ciphertextLimit)
    {
        using TlsServerContext context = TestCertificates.Context();
        long live = TlsConnection.Live;
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 2000, ciphertextLimit);
        pair.Handshake();
        byte[] body = new byte[15_000];
        Random.Shared.NextBytes(body);
        pair.Sink.Output.Write(body);
        pair.Sink.Send();
        pair.Server.Close();
        Assert.False(pair.Inner.IsClosed);
        Assert.Equal(live, TlsConnection.Live);

        Assert.Equal(body, pair.ClientRead(body.Length));
        pair.Pump();
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.True(pair.Client.SawCloseNotify);
        Assert.True(pair.Inner.IsClosed);
        Assert.Equal(0, pair.Loop.Buffers.Outstanding);
    }

    [Fact]
    public void A_client_that_does_not_take_the_rest_is_reset_in_the_end()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 2000);
        pair.Handshake();
        pair.Sink.Output.Write(new byte[20_000]);
        pair.Sink.Send();
        pair.Server.Close();
        pair.Loop.Advance(DrainingConnection.Patience / 2);
        Assert.False(pair.Inner.IsClosed);
        pair.Loop.Advance(DrainingConnection.Patience);
        Assert.True(pair.Inner.IsReset);
        Assert.Equal(0, pair.Loop.Buffers.Outstanding);
    }

    [Theory]
    [InlineData(500, 6000, false)]
    [InlineData(500, 1000, true)]
    [InlineData(50, 1000, false)]
    public void A_client_that_takes_the_rest_has_time_while_it_takes_enough(int rate, int taken, bool isReset)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 10_000);
        pair.Handshake();
        pair.Server.MinimumRate = rate;
        pair.Sink.Output.Write(new byte[40_000]);
        pair.Sink.Send();
        pair.Server.Close();
        Assert.True(pair.TlsLoop.IsDraining);
        int drained = 0;
        pair.TlsLoop.Drained = () => drained++;
        for (int i = 0; i < 4; i++)
        {
            // The window has room for as much again as was taken.
            pair.Inner.ClientReceive(new byte[taken]);
            pair.Loop.RunUntilIdle();
            pair.Loop.Advance(DrainingConnection.Patience + TimerWheel.Granularity);
        }

        Assert.Equal(isReset, pair.Inner.IsReset);
        Assert.Equal(!isReset, pair.TlsLoop.IsDraining);
        pair.TlsLoop.ResetDraining();
        Assert.Equal(1, drained);
    }

    [Fact]
    public void A_second_Close_is_harmless_and_a_read_after_it_is_an_error_of_the_caller()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Server.Close();
        pair.Server.Close();
        pair.Server.Reset();
        pair.Server.ShutdownWrite();
        pair.Server.SetInterest(true, true);
        Assert.Throws<ObjectDisposedException>(() => pair.Server.Read(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => pair.Server.Write(pair.Sink.Output, 1));
    }

    [Fact]
    public void A_reset_by_the_client_is_told_once_and_frees_all()
    {
        long live = TlsConnection.Live;
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), window: 1000);
        pair.Handshake();
        pair.Sink.Output.Write(new byte[20_000]);
        pair.Sink.Send();
        pair.Inner.ClientReset();
        pair.Pump();
        Assert.Equal(EndReason.PeerReset, pair.Sink.Aborted);
        Assert.Equal(live, TlsConnection.Live);
        Assert.Equal(0, pair.Loop.Buffers.Outstanding);
    }

    [Fact]
    public void A_broken_record_is_bad_record_mac_for_the_client_and_a_failure_for_the_log()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Client.Write("hello"u8);
        byte[] record = pair.Client.TakeOutput();
        record[^1] ^= 1;
        pair.Inner.ClientSend(record);
        pair.Pump();
        Assert.Equal(EndReason.TlsFailed, pair.Sink.Aborted);
        Assert.Contains("bad record mac", Assert.Single(pair.Observer.Connections).Detail);
        pair.Client.Read(new byte[1]);
        Assert.Contains("bad_record_mac", pair.Client.Failure);
    }
}
