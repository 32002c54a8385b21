using System.Text;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>RFC 9113 section 8.1: what a response is made of.</summary>
public class Http2ResponseTests
{
    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 304)]
    [InlineData("GET", 204)]
    public void HEAD_304_and_204_have_no_content(string method, int status)
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(status, FieldBlock.Empty, 5);
            exchange.Write("hello"u8);
            exchange.Complete();
        });
        peer.Request(1, true, Http2Peer.Pseudo(method, "/"));

        Assert.StartsWith($"HEADERS 1 end {status}", Assert.Single(peer.Answers()), StringComparison.Ordinal);
    }

    [Fact]
    public void Interim_responses_go_before_the_final_one_and_101_is_none_of_them()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Inform(103, FieldBlock.Empty);
            Assert.Throws<ArgumentOutOfRangeException>(() => exchange.Inform(101, FieldBlock.Empty));
            Assert.Throws<InvalidOperationException>(() => exchange.AcceptUpgrade("example"u8, FieldBlock.Empty));
            Handlers.AnswerAtOnce(host, exchange);
        });
        peer.Get(1);

        Assert.Equal(["HEADERS 1 103", "HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
    }

    [Theory]
    [InlineData("hell", "HandlerWroteTooLittle")]
    [InlineData("hello!", "HandlerWroteTooMuch")]
    public void Content_of_another_length_than_was_announced_is_cut_off(string content, string reason)
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(200, FieldBlock.Empty, 5);
            exchange.Write(Encoding.ASCII.GetBytes(content));
            exchange.Complete();
        });
        peer.Get(1);

        Assert.Equal(["HEADERS 1 200 content-length=5", "RST_STREAM 1 InternalError"], peer.Answers());
        Assert.EndsWith(reason, peer.Host.Events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_section_longer_than_the_clients_frames_goes_on_in_CONTINUATION()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            for (int i = 0; i < 5; i++)
            {
                exchange.ResponseFields.Add("x-long"u8, Encoding.ASCII.GetBytes(new string('~', 4000 + i)));
            }

            Handlers.AnswerAtOnce(host, exchange);
        });
        int before = peer.Host.SentBytes.Length;
        peer.Get(1);

        Assert.True(FrameHeader.TryRead(peer.Host.SentBytes[before..], out FrameHeader header));
        Assert.Equal((16_384, FrameType.Headers), (header.Length, header.Type));
        Assert.True(FrameHeader.TryRead(peer.Host.SentBytes[(before + 9 + header.Length)..], out FrameHeader next));
        Assert.Equal(FrameType.Continuation, next.Type);
        Assert.True(next.Has(FrameFlags.EndHeaders));
    }
}
