using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Frames;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 6455 sections 5 and 8.1: what fails the connection, with which code; and nothing behind it is read.</summary>
public class FrameFailureTests
{
    private static readonly WebSocketLimits Small = WebSocketLimits.Default with { Frame = 1000, Message = 1500, Fragments = 4 };

    public static TheoryData<EndReason, int, byte[]> Vectors()
    {
        var vectors = new TheoryData<EndReason, int, byte[]>();
        void Add(EndReason reason, int code, params byte[][] frames) => vectors.Add(reason, code, [.. frames.SelectMany(frame => frame)]);

        // Reserved bits: in each kind of frame, one, two or all of them.
        foreach (string bits in new[] { "1", "2", "3", "12", "13", "23", "123" })
        {
            Add(EndReason.WebSocketReservedBits, 1002, Frame.Text("a", bits));
            Add(EndReason.WebSocketReservedBits, 1002, Frame.Of(Opcode.Ping, "a"u8, bits));
            Add(EndReason.WebSocketReservedBits, 1002, Frame.Of(Opcode.Close, "a"u8, bits));
            Add(EndReason.WebSocketReservedBits, 1002, Frame.Text("a", "-"), Frame.More("b", bits));
        }

        foreach (int opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            Add(EndReason.WebSocketReservedOpcode, 1002, Frame.Of((Opcode)opcode, []));
            Add(EndReason.WebSocketReservedOpcode, 1002, Frame.Of((Opcode)opcode, "payload"u8));
        }

        foreach (Opcode opcode in new[] { Opcode.Ping, Opcode.Pong, Opcode.Close })
        {
            Add(EndReason.WebSocketControlFragmented, 1002, Frame.Of(opcode, "a"u8, "-"));
            Add(EndReason.WebSocketControlTooLong, 1002, Frame.Of(opcode, new byte[126]));
            Add(EndReason.WebSocketControlTooLong, 1002, Frame.Of(opcode, new byte[70_000]));
            Add(EndReason.WebSocketUnmasked, 1002, Frame.Of(opcode, [], mask: null));
        }

        Add(EndReason.WebSocketUnmasked, 1002, Frame.Of(Opcode.Text, "a"u8, mask: null));
        Add(EndReason.WebSocketUnmasked, 1002, Frame.Of(Opcode.Binary, [], mask: null));

        // Lengths in more bytes than they need, and one of 64 bits.
        Add(EndReason.WebSocketInvalidLength, 1002, [0x82, 0xfe, 0, 125, 0, 0, 0, 0]);
        Add(EndReason.WebSocketInvalidLength, 1002, [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0]);
        Add(EndReason.WebSocketInvalidLength, 1002, [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]);
        Add(EndReason.WebSocketInvalidLength, 1002, [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        Add(EndReason.WebSocketUnexpectedContinuation, 1002, Frame.More("a"));
        Add(EndReason.WebSocketUnexpectedContinuation, 1002, Frame.More("a", "-"));
        Add(EndReason.WebSocketUnexpectedContinuation, 1002, Frame.Text("a"), Frame.More("b"));
        Add(EndReason.WebSocketUnexpectedContinuation, 1002, Frame.Text("a", "-"), Frame.More("b"), Frame.More("c"));
        Add(EndReason.WebSocketMessageInterrupted, 1002, Frame.Text("a", "-"), Frame.Text("b"));
        Add(EndReason.WebSocketMessageInterrupted, 1002, Frame.Text("a", "-"), Frame.Ping(), Frame.Binary("b"u8));

        foreach (byte[] text in Utf8Tests.Invalid())
        {
            Add(EndReason.WebSocketInvalidUtf8, 1007, Frame.Of(Opcode.Text, text));
            Add(EndReason.WebSocketInvalidUtf8, 1007, Frame.Of(Opcode.Text, text, "-"), Frame.More(""));
            Add(EndReason.WebSocketInvalidUtf8, 1007, Frame.Of(Opcode.Close, Frame.ClosePayload(1000, text)));
        }

        Add(EndReason.WebSocketInvalidClose, 1002, Frame.Of(Opcode.Close, "a"u8));
        foreach (int code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
        {
            Add(EndReason.WebSocketInvalidClose, 1002, Frame.Close(code));
            Add(EndReason.WebSocketInvalidClose, 1002, Frame.Close(code, "reason"));
        }

        // The length alone is enough: the payload need not come.
        Add(EndReason.WebSocketFrameTooLarge, 1009, Frame.Binary(new byte[1001])[..8]);
        Add(EndReason.WebSocketFrameTooLarge, 1009, [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        Add(EndReason.WebSocketMessageTooLarge, 1009, Frame.Binary(new byte[1000], "-"), Frame.Of(Opcode.Continuation, new byte[501]));
        Add(EndReason.WebSocketTooManyFragments, 1009, Frame.Text("", "-"), Frame.More("", "-"), Frame.More("", "-"), Frame.More("", "-"), Frame.More("", "-"));
        return vectors;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_fails_the_connection_with_its_reason_and_code_and_nothing_behind_it_is_read(EndReason reason, int code, byte[] vector)
    {
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay([.. Frame.Text("good"), .. vector, .. Frame.Text("behind")], Small);

        Assert.StartsWith("Text good", outcome.Events, StringComparison.Ordinal);
        Assert.EndsWith($"closed 1006  {reason} {code}", outcome.Events, StringComparison.Ordinal);
        Assert.DoesNotContain("behind", outcome.Events, StringComparison.Ordinal);
        Assert.EndsWith($"Close {code}", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(WebSocketEnding.WhenSent, outcome.Ending);
    }

    [Fact]
    public void Every_reason_has_a_vector()
    {
        HashSet<EndReason> covered = [.. Vectors().Select(row => row.Data.Item1), EndReason.WebSocketInvalidDeflate];

        Assert.Equal(WebSocketReasons.OfFrames.Order(), covered.Order());
    }

    [Fact]
    public void A_reserved_bit_fails_it_with_two_bytes_and_a_length_before_its_payload()
    {
        Assert.Equal("closed 1006  WebSocketReservedBits 1002", Assert.Single(new TestSocket().Feed([0x91, 0x80]).Events));
        Assert.Equal("closed 1006  WebSocketControlTooLong 1002", Assert.Single(new TestSocket().Feed([0x89, 0xfe]).Events));
    }

    [Fact]
    public void A_client_fails_on_a_masked_frame()
    {
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay(Frame.Text("a"), role: WebSocketRole.Client);

        Assert.Equal("closed 1006  WebSocketMasked 1002", outcome.Events);
        Assert.Equal("Close masked 1002", outcome.Sent);
    }

    [Fact]
    public void A_close_code_that_may_be_sent_is_answered_with_itself()
    {
        foreach (int code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
        {
            WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay(Frame.Close(code, "why"));
            Assert.Equal(($"closed {code} why", $"Close {code}"), (outcome.Events, outcome.Sent));
        }
    }

    [Fact]
    public void Bytes_that_no_agreement_covers_fail_what_is_compressed()
    {
        // Reserved block type, over-subscribed code, distance beyond all, LEN that is not NLEN's complement, an end inside a block.
        string[] bad = ["07", "05e0ff", "630400", "0300000000", "00050000ff", "f248cdc9", "4bcc0100ff"];
        foreach (string payload in bad)
        {
            byte[] vector = Frame.Binary(Convert.FromHexString(payload), "1");
            WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay(vector, deflate: new DeflateParameters(true, true));
            Assert.True(outcome.Events == "closed 1006  WebSocketInvalidDeflate 1007", $"{payload}: {outcome}");
        }
    }
}
