namespace Roundtrip.Packets.Tests;

public class IcmpTests
{
    private static readonly MplsLabel[] Stack = [new(16004, 1, false, 1), new(24_001, 0, true, 254)];

    [Fact]
    public void An_echo_is_read_as_it_was_written()
    {
        byte[] message = [0, 0, 0, 0, 0, 0, 0, 0, 7];
        IcmpHeader.Echo(IcmpType.EchoRequest, 0x1234, 0x5678).Write(message);

        Assert.True(InternetChecksum.IsValid(message));
        Assert.True(IcmpHeader.TryRead(message, out IcmpHeader header, out ReadOnlySpan<byte> body));
        Assert.Equal((IcmpType.EchoRequest, 0, 0x1234, 0x5678), (header.Type, header.Code, header.Identifier, header.Sequence));
        Assert.Equal([7], body.ToArray());
        Cut.AtEveryIndex(message, IcmpHeader.Size, part => IcmpHeader.TryRead(part, out _, out _));
    }

    [Fact]
    public void ICMPv6_has_its_addresses_in_the_checksum()
    {
        byte[] message = new byte[IcmpHeader.Size];
        ushort pseudoHeader = IcmpHeader.PseudoHeader(Sample.Client6, Sample.Server6, message.Length);
        IcmpHeader.Echo(IcmpV6Type.EchoRequest, 1, 2).Write(message, pseudoHeader);

        Assert.False(InternetChecksum.IsValid(message));
        Assert.True(InternetChecksum.IsValid(message, pseudoHeader));
        Assert.Equal(0, IcmpHeader.PseudoHeader(Sample.Client4, Sample.Server4, message.Length));
    }

    [Theory]
    [InlineData(false, 128)]
    [InlineData(false, 132)]
    [InlineData(true, 128)]
    [InlineData(true, 136)]
    public void Extensions_stand_behind_the_length_that_the_header_says(bool isV6, int quoted)
    {
        byte[] body = WithStack(quoted);
        IcmpHeader header = TimeExceeded(isV6, isV6 ? quoted / 8 : quoted / 4);

        var quote = IcmpQuote.Read(header, body, isV6);

        Assert.Equal(quoted, quote.Packet.Length);
        Assert.Equal(Stack, MplsLabel.ReadStack(quote.Extensions));
    }

    [Fact]
    public void Without_a_length_extensions_behind_128_bytes_need_a_checksum()
    {
        byte[] body = WithStack(128);
        Assert.Equal(Stack, MplsLabel.ReadStack(IcmpQuote.Read(TimeExceeded(false, 0), body, false).Extensions));

        body[130] = body[131] = 0;
        var quote = IcmpQuote.Read(TimeExceeded(false, 0), body, false);

        Assert.True(quote.Extensions.IsEmpty);
        Assert.Equal(body.Length, quote.Packet.Length);
    }

    [Fact]
    public void A_length_beyond_what_came_is_no_length()
    {
        byte[] body = WithStack(128);

        Assert.Equal(body.Length, IcmpQuote.Read(TimeExceeded(false, 255), body, false).Packet.Length);
    }

    [Fact]
    public void An_echo_and_a_packet_too_big_have_no_extensions()
    {
        byte[] body = WithStack(128);

        Assert.True(IcmpQuote.Read(new IcmpHeader(IcmpV6Type.PacketTooBig, 0, 32u << 24), body, true).Extensions.IsEmpty);
        Assert.True(IcmpQuote.Read(new IcmpHeader(IcmpType.EchoReply, 0, 32u << 16), body, false).Extensions.IsEmpty);
    }

    [Fact]
    public void Damaged_extensions_are_none()
    {
        byte[] body = WithStack(128);
        for (int i = 128; i < body.Length; i++)
        {
            // Not to zero: a checksum of zero would say that there is none.
            body[i] ^= 0x11;
            Assert.Empty(MplsLabel.ReadStack(IcmpQuote.Read(TimeExceeded(false, 32), body, false).Extensions));
            body[i] ^= 0x11;
        }
    }

    [Fact]
    public void Cut_anywhere_a_stack_is_read_whole_or_not_at_all()
    {
        byte[] body = WithStack(128);

        Cut.AtEveryIndex(body, body.Length, part => MplsLabel.ReadStack(IcmpQuote.Read(TimeExceeded(false, 32), part, false).Extensions).Length == Stack.Length);
    }

    [Theory]
    [InlineData("2000 0000 0003 0101")]
    [InlineData("2000 0000 0009 0101 00000000")]
    [InlineData("2000 0000 0004 01")]
    [InlineData("1000 0000 0008 0101 00000000")]
    public void An_object_whose_length_cannot_be_ends_the_structure(string structure)
    {
        var extensions = IcmpExtensions.Read(Sample.Bytes(structure));

        Assert.False(extensions.TryRead(out _, out _, out _));
        Assert.True(extensions.IsEmpty);
    }

    [Fact]
    public void Objects_of_other_classes_are_passed_over()
    {
        // An interface object (RFC 5837) before a label.
        var extensions = IcmpExtensions.Read(Sample.Bytes("2000 0000 0008 0200 01020304 0008 0101 03e84101"));

        Assert.Equal([new MplsLabel(16004, 0, true, 1)], MplsLabel.ReadStack(extensions));
    }

    private static IcmpHeader TimeExceeded(bool isV6, int length) =>
        new(isV6 ? IcmpV6Type.TimeExceeded : IcmpType.TimeExceeded, 0, (uint)length << (isV6 ? 24 : 16));

    private static byte[] WithStack(int quoted)
    {
        byte[] labels = new byte[Stack.Length * MplsLabel.Size];
        for (int i = 0; i < Stack.Length; i++)
        {
            Stack[i].Write(labels.AsSpan(i * MplsLabel.Size));
        }

        byte[] body = new byte[quoted + IcmpExtensions.HeaderSize + IcmpExtensions.HeaderSize + labels.Length];
        IcmpExtensions.Write(body.AsSpan(quoted), MplsLabel.ObjectClass, MplsLabel.ObjectType, labels);
        return body;
    }
}
