using System.Net;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Packets.Tests;

public class DnsTests
{
    // Question: host.example A. Answer: host.example CNAME www (by pointers), www A. Authority: example NS ns. Additional: ns A, ns AAAA, an OPT.
    private static readonly byte[] Message =
    [
        0x12, 0x34, 0x84, 0x00, 0, 1, 0, 2, 0, 1, 0, 3,
        4, (byte)'h', (byte)'o', (byte)'S', (byte)'t', 7, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 0, 0, 1, 0, 1,
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, (byte)'w', (byte)'w', (byte)'w', 0xc0, 17,
        0xc0, 42, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
        0xc0, 17, 0, 2, 0, 1, 0, 0, 0, 60, 0, 5, 2, (byte)'n', (byte)'s', 0xc0, 17,
        0xc0, 76, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 53,
        0xc0, 76, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,
        0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0,
    ];

    [Fact]
    public void A_message_is_read_with_its_names_whole_and_in_small_letters()
    {
        Assert.True(DnsMessage.TryReadAnswer(Message, out DnsMessage? message));

        Assert.Equal((0x1234, "host.example", DnsType.A), (message!.Id, message.Question.Text, message.Type));
        Assert.Equal((true, false, DnsResponseCode.NoError), (message.IsAuthoritative, message.IsTruncated, message.ResponseCode));
        Assert.Equal([("host.example", "www.example"), ("www.example", "")], message.Answers.Select(record => (record.Name.Text, record.Target?.Text ?? "")));
        Assert.Equal(Address("192.0.2.1"), message.Answers[1].Address);
        Assert.Equal(("example", DnsType.NS, "ns.example"), (message.Authorities[0].Name.Text, message.Authorities[0].Type, message.Authorities[0].Target?.Text));
        Assert.Equal([Address("192.0.2.53"), Address("2001:db8::53")], message.Additional.Select(record => record.Address!.Value));
    }

    [Fact]
    public void Cut_anywhere_it_is_no_message_unless_it_says_that_it_is_cut()
    {
        for (int length = 0; length < Message.Length; length++)
        {
            byte[] cut = Message[..length];
            Assert.False(DnsMessage.TryReadAnswer(cut, out _), $"{length}");
            if (length > 2)
            {
                cut[2] |= 2;
                Assert.Equal(length >= 30, DnsMessage.TryReadAnswer(cut, out DnsMessage? message) && message!.IsTruncated);
            }
        }
    }

    [Fact]
    public void A_question_is_written_as_it_would_be_read()
    {
        byte[] bytes = new byte[DnsMessage.LargestQuestion];
        Assert.True(DnsName.TryParse("A.Root-Servers.Net.", out DnsName name));

        int length = DnsMessage.WriteQuestion(7, name, DnsType.Aaaa, 0, bytes);

        Assert.Equal("000700000001000000000000"u8.ToArray(), Encoding.ASCII.GetBytes(Convert.ToHexString(bytes, 0, 12)));
        Assert.Equal(12 + 20 + 4, length);
        bytes[2] |= 0x80;
        Assert.True(DnsMessage.TryReadAnswer(bytes.AsSpan(0, length), out DnsMessage? message));
        Assert.Equal((7, "a.root-servers.net", DnsType.Aaaa), (message!.Id, message.Question.Text, message.Type));
    }

    [Fact]
    public void With_EDNS_a_question_says_how_much_may_come_back()
    {
        byte[] bytes = new byte[DnsMessage.LargestQuestion];
        Assert.True(DnsName.TryParse("a.example", out DnsName name));

        int length = DnsMessage.WriteQuestion(7, name, DnsType.A, 1232, bytes);

        Assert.Equal([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0], bytes[(length - 11)..length]);
        Assert.Equal(1, bytes[11]);
        bytes[2] |= 0x80;
        Assert.True(DnsMessage.TryReadAnswer(bytes.AsSpan(0, length), out DnsMessage? message));
        Assert.Empty(message!.Additional);
    }

    [Fact]
    public void The_upper_bits_of_a_response_code_stand_in_EDNS()
    {
        // BADVERS, 16: without them it would look like no error.
        byte[] message = [.. Message];
        message[^6] = 1;

        Assert.True(DnsMessage.TryReadAnswer(message, out DnsMessage? read));
        Assert.Equal((DnsResponseCode)16, read!.ResponseCode);
    }

    [Fact]
    public void A_refusal_of_the_form_may_be_a_header_alone()
    {
        Assert.True(DnsMessage.TryReadAnswer([1, 2, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0], out DnsMessage? message));
        Assert.Equal((0x102, false, DnsResponseCode.FormatError), (message!.Id, message.HasQuestion, message.ResponseCode));

        Assert.False(DnsMessage.TryReadAnswer([1, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0], out _));
        Assert.False(DnsMessage.TryReadAnswer([1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], out _));
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 0 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xc0, 0 })]
    [InlineData(new byte[] { 0xc0, 2, 0xc0, 0 })]
    [InlineData(new byte[] { 0xc0, 9 })]
    [InlineData(new byte[] { 0xff, 0xff })]
    [InlineData(new byte[] { 0xc0 })]
    [InlineData(new byte[] { 0x40, 0 })]
    [InlineData(new byte[] { 0x80, 0 })]
    [InlineData(new byte[] { 2, (byte)'a', 0 })]
    [InlineData(new byte[] { })]
    public void A_name_that_points_in_a_circle_or_forwards_or_has_no_end_is_none(byte[] bytes)
    {
        int at = 0;
        Assert.False(DnsName.TryRead(bytes, ref at, out _));
    }

    [Fact]
    public void Pointers_that_lead_back_and_back_again_are_followed_and_those_that_come_forwards_not()
    {
        byte[] back = [1, (byte)'a', 0, 1, (byte)'b', 0xc0, 0, 1, (byte)'c', 0xc0, 3];
        int at = 7;
        Assert.True(DnsName.TryRead(back, ref at, out DnsName name));
        Assert.Equal(("c.b.a", 11), (name.Text, at));

        byte[] forwards = [1, (byte)'a', 0xc0, 4, 1, (byte)'b', 0xc0, 0];
        at = 4;
        Assert.False(DnsName.TryRead(forwards, ref at, out _));
    }

    [Fact]
    public void A_name_has_255_bytes_at_most()
    {
        byte[] longest = [.. Enumerable.Range(0, 127).SelectMany(_ => (byte[])[1, (byte)'a']), 0];
        int at = 0;
        Assert.True(DnsName.TryRead(longest, ref at, out DnsName name));
        Assert.Equal((255, 127), (longest.Length, name.Labels.Length));

        byte[] tooLong = [1, (byte)'a', .. longest];
        at = 0;
        Assert.False(DnsName.TryRead(tooLong, ref at, out _));
    }

    [Fact]
    public void What_is_no_hosts_letter_stands_as_its_number()
    {
        int at = 0;
        Assert.True(DnsName.TryRead([1, 0, 1, (byte)'B', 0], ref at, out DnsName name));
        Assert.Equal("\\000.b", name.Text);
        Assert.False(name.CanBeWritten);

        at = 0;
        Assert.True(DnsName.TryRead([3, (byte)'a', (byte)'.', 0x1b, 0], ref at, out name));
        Assert.Equal("a\\046\\027", name.Text);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("example", true)]
    [InlineData("a_b-1.example.", true)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a b", false)]
    [InlineData("a\\.b", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", false)]
    public void Names_that_people_write_are_those_of_hosts(string text, bool isName) => Assert.Equal(isName, DnsName.TryParse(text, out _));

    [Theory]
    [InlineData("a.example", "example", true)]
    [InlineData("example", "example", true)]
    [InlineData("example", "", true)]
    [InlineData("badexample", "example", false)]
    [InlineData("example", "a.example", false)]
    public void A_name_is_within_those_above_it(string text, string above, bool isWithin)
    {
        Assert.True(DnsName.TryParse(text, out DnsName name));
        Assert.True(DnsName.TryParse(above, out DnsName other));
        Assert.Equal(isWithin, name.IsWithin(other));
    }

    [Fact]
    public void Questions_and_messages_of_another_kind_are_no_answer()
    {
        foreach ((int at, byte value) in ((int, byte)[])[(2, 0x04), (2, 0x8c), (5, 0), (5, 2), (29, 3)])
        {
            byte[] other = [.. Message];
            other[at] = value;
            Assert.False(DnsMessage.TryReadAnswer(other, out _), $"{at}");
        }
    }

    [Fact]
    public void Above_all_names_is_the_root_however_it_is_come_by()
    {
        Assert.True(DnsName.TryParse("a.example", out DnsName name));
        Assert.True(DnsName.TryParse(".", out DnsName dot));

        Assert.Equal(DnsName.Root, name.Parent.Parent);
        Assert.Equal((DnsName.Root, DnsName.Root, "."), (dot, dot.Parent, dot.ToString()));
    }

    private static PeerAddress Address(string text) => PeerAddress.From(IPAddress.Parse(text), 0);
}
