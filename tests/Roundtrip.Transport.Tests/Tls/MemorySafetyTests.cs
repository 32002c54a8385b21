using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class MemorySafetyTests
{
    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void A_compacting_collection_inside_every_callback_does_no_harm(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context(select: _ =>
        {
            Collect();
            return null;
        });
        using var pair = new TlsTestPair(context, new TlsTestClient(version, "a.example"), window: 4000, echo: true);
        pair.Inner.Touched = Collect;
        pair.Handshake();
        byte[] sent = new byte[40_000];
        new Random(1).NextBytes(sent);
        pair.Client.Write(sent);
        Assert.Equal(sent, pair.ClientRead(sent.Length));
        pair.Server.Close();
    }

    [Fact]
    public void An_exception_of_the_inner_connection_comes_out_of_the_read_and_not_through_OpenSSL()
    {
        long live = TlsConnection.Live;
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Handshake();
        pair.Client.Write("x"u8);
        pair.Inner.Touched = () => throw new InvalidDataException("inner");
        Assert.Equal("inner", Assert.Throws<InvalidDataException>(() => pair.Pump()).Message);
        pair.Inner.Touched = null;
        pair.Server.Close();
        Assert.Equal(live, TlsConnection.Live);
    }

    [Fact]
    public void Two_thousand_handshakes_do_not_grow_the_process() => Handshakes(warmUp: 1000, count: 2000, allowed: 4 << 20);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_handshakes_do_not_grow_the_process() => Handshakes(warmUp: 8000, count: 100_000, allowed: 4 << 20);

    private static void Handshakes(int warmUp, int count, long allowed)
    {
        long live = TlsConnection.Live;
        var loop = new TestLoop();
        var tls = new TlsLoop(loop);
        using TlsServerContext context = TestCertificates.Context(tickets: false);
        using TlsServerContext other = TestCertificates.Context();
        long before = 0;
        for (int i = 0; i < warmUp + count; i++)
        {
            if (i == warmUp)
            {
                before = Resident();
            }

            TlsVersion version = i % 4 == 0 ? TlsVersion.Tls12 : TlsVersion.Tls13;
            using var pair = new TlsTestPair(i % 2 == 0 ? context : other, new TlsTestClient(version, "a.example", ["http/1.1"]), 64 * 1024, echo: true, loop: loop, tls: tls);
            pair.Handshake();
            pair.Client.Write("x"u8);
            pair.ClientRead(1);
            if (i % 3 == 0)
            {
                pair.Server.Reset();
            }
        }

        Assert.Equal(live, TlsConnection.Live);
        Assert.Equal(0, loop.Buffers.Outstanding);
        Assert.InRange(Resident() - before, long.MinValue, allowed);
    }

    private static long Resident()
    {
        Collect();
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("RssAnon:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(8).Trim().TrimEnd("kB").Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new InvalidOperationException("no RssAnon");
    }

    private static void Collect() => GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
}
