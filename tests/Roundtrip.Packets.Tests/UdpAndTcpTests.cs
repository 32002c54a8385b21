using Roundtrip.Core;

namespace Roundtrip.Packets.Tests;

public class UdpAndTcpTests
{
    private static readonly PeerAddress Source = Sample.Client4.WithPort(40000);
    private static readonly PeerAddress Destination = Sample.Server4.WithPort(33434);

    [Fact]
    public void A_datagram_is_read_as_it_was_written()
    {
        byte[] datagram = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3];
        UdpHeader.Write(datagram, Source, Destination);

        Assert.Equal("9c40829a000b", Convert.ToHexStringLower(datagram[..6]));
        Assert.True(InternetChecksum.IsValid(datagram, InternetChecksum.PseudoHeader(Source, Destination, IpProtocol.Udp, datagram.Length)));
        Assert.True(UdpHeader.TryRead(datagram, out UdpHeader header, out ReadOnlySpan<byte> data));
        Assert.Equal((40000, 33434, 11), (header.SourcePort, header.DestinationPort, header.Length));
        Assert.Equal([1, 2, 3], data.ToArray());
        Cut.AtEveryIndex(datagram, UdpHeader.Size, part => UdpHeader.TryRead(part, out _, out _));
    }

    [Fact]
    public void A_datagram_shorter_than_its_header_is_refused() => Assert.False(UdpHeader.TryRead(Sample.Bytes("9c40 829a 0007 0000"), out _, out _));

    [Fact]
    public void A_segment_is_read_as_it_was_written()
    {
        byte[] segment = new byte[TcpHeader.Size + 2];
        segment[^1] = 5;
        var header = new TcpHeader(40000, 80, 0x01020304, 0x05060708, TcpFlags.Syn | TcpFlags.Ack, 64240);
        header.Write(segment, Source, Destination);

        Assert.Equal("9c400050010203040506070850 12faf0".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(segment[..16]));
        Assert.True(TcpHeader.TryRead(segment, out TcpHeader read, out ReadOnlySpan<byte> data));
        Assert.Equal(header, read);
        Assert.Equal([0, 5], data.ToArray());
        Cut.AtEveryIndex(segment, TcpHeader.Size, part => TcpHeader.TryRead(part, out _, out _));
        Cut.AtEveryIndex(segment, TcpHeader.QuotedSize, part => TcpHeader.TryReadQuoted(part, out TcpHeader quoted) && quoted.Sequence == header.Sequence);
    }

    [Fact]
    public void A_segment_is_refused_until_its_options_are_whole()
    {
        byte[] segment = new byte[28];
        segment[12] = 7 << 4;

        Cut.AtEveryIndex(segment, 28, part => TcpHeader.TryRead(part, out _, out _));
        segment[12] = 4 << 4;
        Assert.False(TcpHeader.TryRead(segment, out _, out _));
    }
}
