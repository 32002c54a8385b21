namespace Roundtrip.Packets.Tests;

public class IpTests
{
    // 192.168.0.1 to 192.168.0.199, UDP, DF, a total length of 115; the header is often shown as an example of the checksum.
    private const string Version4 = "4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7";

    [Fact]
    public void A_header_of_IPv4_is_read()
    {
        Assert.True(Ipv4Header.TryRead([.. Sample.Bytes(Version4), 1, 2, 3], out Ipv4Header header, out ReadOnlySpan<byte> payload));

        Assert.Equal(
            new Ipv4Header(Sample.Address("192.168.0.1"), Sample.Address("192.168.0.199"), IpProtocol.Udp, 64, 0) { DontFragment = true, TotalLength = 115 }, header);
        Assert.Equal([1, 2, 3], payload.ToArray());
    }

    [Fact]
    public void A_header_of_IPv4_is_written_with_its_checksum()
    {
        Span<byte> bytes = stackalloc byte[Ipv4Header.Size];

        new Ipv4Header(Sample.Address("192.168.0.1"), Sample.Address("192.168.0.199"), IpProtocol.Udp, 64, 0) { DontFragment = true }.Write(bytes, 95);

        Assert.Equal(Sample.Bytes(Version4), bytes.ToArray());
    }

    [Fact]
    public void IPv4_cut_anywhere_is_refused_until_its_header_is_whole() =>
        Cut.AtEveryIndex([.. Sample.Bytes(Version4), 1, 2], Ipv4Header.Size, part => Ipv4Header.TryRead(part, out _, out _));

    [Fact]
    public void Options_are_skipped_and_count_as_header()
    {
        byte[] packet = [.. Sample.Bytes("4600 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7 01010101"), 9];

        Cut.AtEveryIndex(packet, 24, part => Ipv4Header.TryRead(part, out _, out _));
        Assert.True(Ipv4Header.TryRead(packet, out _, out ReadOnlySpan<byte> payload));
        Assert.Equal([9], payload.ToArray());
    }

    [Fact]
    public void What_is_behind_the_total_length_is_no_payload()
    {
        byte[] packet = [.. Sample.Bytes("4500 0015 0000 4000 4011 0000 c0a8 0001 c0a8 00c7"), 1, 2, 3];

        Assert.True(Ipv4Header.TryRead(packet, out _, out ReadOnlySpan<byte> payload));
        Assert.Equal([1], payload.ToArray());
    }

    [Theory]
    [InlineData("6500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7")]
    [InlineData("4400 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7")]
    [InlineData("4500 0013 0000 4000 4011 b861 c0a8 0001 c0a8 00c7")]
    public void Another_version_and_lengths_that_cannot_be_are_no_IPv4(string packet) => Assert.False(Ipv4Header.TryRead(Sample.Bytes(packet), out _, out _));

    [Fact]
    public void A_header_of_IPv6_is_read_as_it_was_written()
    {
        var header = new Ipv6Header(Sample.Client6, Sample.Server6, IpProtocol.IcmpV6, 7) { TrafficClass = 0xb8, FlowLabel = 0xabcde };
        byte[] packet = new byte[Ipv6Header.Size + 3];
        header.Write(packet, 3);

        Assert.Equal("6b8abcde00033a07", Convert.ToHexStringLower(packet[..8]));
        Assert.True(Ipv6Header.TryRead(packet, out Ipv6Header read, out ReadOnlySpan<byte> payload));
        Assert.Equal(header with { PayloadLength = 3 }, read);
        Assert.Equal(3, payload.Length);
        Cut.AtEveryIndex(packet, Ipv6Header.Size, part => Ipv6Header.TryRead(part, out _, out _));
    }

    [Fact]
    public void Extension_headers_of_IPv6_are_skipped()
    {
        byte[] packet = WithExtensions("3c00 0000 0000 0000" + "2c01 0000 0000 0000 0000 0000 0000 0000" + "1100 0001 0000 0000" + "aabb");

        Assert.True(Ipv6Header.TryRead(packet, out Ipv6Header header, out ReadOnlySpan<byte> payload));
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal([0xaa, 0xbb], payload.ToArray());
        Cut.AtEveryIndex(packet, packet.Length - 2, part => Ipv6Header.TryRead(part, out _, out _));
    }

    [Fact]
    public void A_fragment_of_IPv6_that_is_not_the_first_carries_no_header()
    {
        byte[] packet = WithExtensions("2c00 0000 0000 0000" + "1100 0009 0000 0000" + "aabb");

        Assert.True(Ipv6Header.TryRead(packet, out Ipv6Header header, out ReadOnlySpan<byte> payload));
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.True(payload.IsEmpty);
    }

    private static byte[] WithExtensions(string hexadecimal)
    {
        byte[] extensions = Sample.Bytes(hexadecimal);
        byte[] packet = new byte[Ipv6Header.Size + extensions.Length];
        new Ipv6Header(Sample.Client6, Sample.Server6, IpProtocol.HopByHopOptions, 7).Write(packet, extensions.Length);
        extensions.CopyTo(packet, Ipv6Header.Size);
        return packet;
    }
}
