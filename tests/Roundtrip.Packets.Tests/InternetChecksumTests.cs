using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets.Tests;

public class InternetChecksumTests
{
    [Fact]
    public void The_sum_is_that_of_RFC_1071s_example()
    {
        // RFC 1071 section 3.
        byte[] bytes = Sample.Bytes("0001 f203 f4f5 f6f7");

        Assert.Equal(0xddf2, InternetChecksum.Sum(bytes));
        Assert.Equal(0x220d, InternetChecksum.Of(bytes));
    }

    [Fact]
    public void An_odd_last_byte_is_the_upper_half_of_a_word()
    {
        Assert.Equal(InternetChecksum.Sum([1, 2, 3, 0]), InternetChecksum.Sum([1, 2, 3]));
    }

    [Fact]
    public void Carries_of_carries_are_folded_too()
    {
        byte[] ones = Enumerable.Repeat((byte)0xff, 65534).ToArray();

        Assert.Equal(0xffff, InternetChecksum.Sum(ones));
        Assert.Equal(0x0001, InternetChecksum.Sum([0xff, 0xff], 1));
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.7", "c000 0201 c633 6407 0011 0009")]
    [InlineData("2001:db8::1", "2001:db8:ffff::7", "2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 ffff 0000 0000 0000 0000 0007 0000 0009 0000 0011")]
    public void The_pseudo_header_is_summed_as_if_it_were_written(string source, string destination, string written)
    {
        ushort sum = InternetChecksum.PseudoHeader(Sample.Address(source), Sample.Address(destination), IpProtocol.Udp, 9);

        Assert.Equal(InternetChecksum.Sum(Sample.Bytes(written)), sum);
    }

    [Fact]
    public void One_wrong_bit_anywhere_makes_it_invalid()
    {
        byte[] segment = new byte[TcpHeader.Size + 3];
        PeerAddress source = Sample.Client6, destination = Sample.Server6;
        new TcpHeader(1, 2, 3, 4, TcpFlags.Syn, 5).Write(segment, source, destination);
        ushort pseudo = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length);
        Assert.True(InternetChecksum.IsValid(segment, pseudo));

        for (int bit = 0; bit < segment.Length * 8; bit++)
        {
            segment[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(InternetChecksum.IsValid(segment, pseudo));
            segment[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_UDP_checksum_of_zero_is_sent_as_all_ones()
    {
        byte[] datagram = new byte[UdpHeader.Size + 2];
        PeerAddress source = Sample.Client4.WithPort(1), destination = Sample.Server4.WithPort(2);
        UdpHeader.Write(datagram, source, destination);

        // The data are the checksum that they have without any: with them the sum is minus zero.
        datagram[6..8].CopyTo(datagram, 8);
        UdpHeader.Write(datagram, source, destination);

        Assert.Equal(0xffff, BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(6)));
    }
}
