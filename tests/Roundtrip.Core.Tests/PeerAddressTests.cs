using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Roundtrip.Core.Tests;

public class PeerAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.10.9.100")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("fe80::abcd:0:ff00")]
    public void An_address_is_written_as_RFC_5952_says(string text) => Assert.Equal(text, Format(PeerAddress.From(IPAddress.Parse(text), 80)));

    [Fact]
    public void Any_address_reads_back_as_itself()
    {
        var random = new Random(3);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 20_000; i++)
        {
            for (int group = 0; group < 16; group += 2)
            {
                (bytes[group], bytes[group + 1]) = random.Next(2) == 0 ? ((byte)0, (byte)0) : ((byte)random.Next(256), (byte)random.Next(256));
            }

            var address = new IPAddress(bytes);
            if (!address.IsIPv4MappedToIPv6)
            {
                Assert.Equal(address, IPAddress.Parse(Format(PeerAddress.FromIPv6(bytes, 0))));
            }
        }
    }

    [Fact]
    public void A_mapped_address_is_the_IPv4_one() =>
        Assert.Equal(PeerAddress.FromIPv4(0x7F000001, 5), PeerAddress.From(IPAddress.Parse("::ffff:127.0.0.1"), 5));

    [Fact]
    public void The_same_link_local_address_at_two_interfaces_is_two()
    {
        PeerAddress first = PeerAddress.From(IPAddress.Parse("fe80::1%1"), 80);

        Assert.NotEqual(first, PeerAddress.From(IPAddress.Parse("fe80::1%2"), 80));
        Assert.NotEqual(first.WithoutHost(), PeerAddress.From(IPAddress.Parse("fe80::1%2"), 80).WithoutHost());
        Assert.Equal("[fe80::1%1]:80", first.ToString());
        Assert.Equal("fe80::1", Format(first));
        Assert.Equal(24, Unsafe.SizeOf<PeerAddress>());
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("127.0.0.1", "::1", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:0:0:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("fe80::1%1", "fe80::2%1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", false)]
    public void Addresses_of_one_client_are_counted_together(string one, string other, bool isSame) => Assert.Equal(
        isSame, PeerAddress.From(IPAddress.Parse(one), 1).WithoutHost() == PeerAddress.From(IPAddress.Parse(other), 2).WithoutHost());

    private static string Format(PeerAddress address)
    {
        byte[] text = new byte[45];
        return Encoding.ASCII.GetString(text, 0, address.FormatAddress(text));
    }
}
