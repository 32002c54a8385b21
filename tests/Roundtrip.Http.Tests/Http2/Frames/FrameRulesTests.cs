using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2.Frames;

/// <summary>What a header alone can do wrong, against what RFC 9113 section 6 and RFC 9218 section 7.1 say of each type.</summary>
public class FrameRulesTests
{
    private const int Maximum = FrameHeader.DefaultMaximumLength;

    // Type; the streams that it may be on; the lengths up to 24 that it may have without flags; how far an error of size reaches on a stream.
    public static TheoryData<FrameType, string, string, ErrorScope> Types() => new()
    {
        { FrameType.Data, "stream", "0-24", ErrorScope.Exchange },
        { FrameType.Headers, "stream", "0-24", ErrorScope.Connection },
        { FrameType.Priority, "stream", "5", ErrorScope.Exchange },
        { FrameType.RstStream, "stream", "4", ErrorScope.Connection },
        { FrameType.Settings, "connection", "0 6 12 18 24", ErrorScope.Connection },
        { FrameType.PushPromise, "stream", "4-24", ErrorScope.Connection },
        { FrameType.Ping, "connection", "8", ErrorScope.Connection },
        { FrameType.GoAway, "connection", "8-24", ErrorScope.Connection },
        { FrameType.WindowUpdate, "any", "4", ErrorScope.Connection },
        { FrameType.Continuation, "stream", "0-24", ErrorScope.Connection },
        { FrameType.AltSvc, "any", "0-24", ErrorScope.Connection },
        { (FrameType)0x0B, "any", "0-24", ErrorScope.Connection },
        { FrameType.Origin, "any", "0-24", ErrorScope.Connection },
        { FrameType.PriorityUpdate, "connection", "4-24", ErrorScope.Connection },
        { (FrameType)0x11, "any", "0-24", ErrorScope.Connection },
        { (FrameType)0xFF, "any", "0-24", ErrorScope.Connection },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_type_has_its_streams_and_its_lengths(FrameType type, string streams, string lengths, ErrorScope sizeScope)
    {
        HashSet<int> lawful = Lengths(lengths);
        foreach (int streamId in (int[])[0, 1, int.MaxValue])
        {
            for (int length = 0; length <= 24; length++)
            {
                ProtocolError error = Judge(type, FrameFlags.None, length, streamId);
                if (streams == "stream" && streamId == 0)
                {
                    Assert.Equal(ProtocolError.FromPeer(EndReason.FrameNeedsStream, (int)ErrorCode.ProtocolError), error);
                }
                else if (streams == "connection" && streamId != 0)
                {
                    Assert.Equal(ProtocolError.FromPeer(EndReason.FrameNeedsConnection, (int)ErrorCode.ProtocolError), error);
                }
                else if (lawful.Contains(length))
                {
                    Assert.Equal(default, error);
                }
                else
                {
                    Assert.Equal(SizeError(EndReason.InvalidFrameLength, streamId == 0 ? ErrorScope.Connection : sizeScope), error);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_frame_over_the_maximum_is_FRAME_SIZE_ERROR_of_the_connection_unless_it_is_a_streams_alone(
        FrameType type, string streams, string lengths, ErrorScope sizeScope)
    {
        _ = (streams, lengths);

        Assert.Equal(SizeError(EndReason.FrameTooLarge, sizeScope), Judge(type, FrameFlags.None, Maximum + 1, 1));
        Assert.Equal(SizeError(EndReason.FrameTooLarge, ErrorScope.Connection), Judge(type, FrameFlags.None, Maximum + 1, 0));
        Assert.NotEqual(EndReason.FrameTooLarge, Judge(type, FrameFlags.None, Maximum, 1).Reason);
        Assert.NotEqual(EndReason.FrameTooLarge, FrameRules.Judge(new(Maximum + 1, type, FrameFlags.None, 1), Maximum + 1).Reason);
    }

    [Theory]
    [InlineData(FrameType.Data, FrameFlags.Padded, 1)]
    [InlineData(FrameType.Headers, FrameFlags.Padded, 1)]
    [InlineData(FrameType.Headers, FrameFlags.Priority, 5)]
    [InlineData(FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, 6)]
    [InlineData(FrameType.PushPromise, FrameFlags.Padded, 5)]
    public void A_flag_that_adds_a_field_adds_its_length(FrameType type, FrameFlags flags, int least)
    {
        for (int length = 0; length < least; length++)
        {
            Assert.Equal(EndReason.InvalidFrameLength, Judge(type, flags, length, 1).Reason);
        }

        Assert.Equal(default, Judge(type, flags, least, 1));
    }

    [Fact]
    public void A_flag_that_the_type_does_not_define_means_nothing()
    {
        Assert.Equal(default, Judge(FrameType.Data, FrameFlags.Priority, 0, 1));
        Assert.Equal(default, Judge(FrameType.PushPromise, FrameFlags.Priority, 4, 1));
        Assert.Equal(default, Judge(FrameType.RstStream, (FrameFlags)0xFF, 4, 1));
        Assert.Equal(default, Judge(FrameType.GoAway, (FrameFlags)0xFF, 8, 0));
        Assert.Equal(default, Judge(FrameType.Settings, (FrameFlags)0xFE, 6, 0));
    }

    [Fact]
    public void An_acknowledgement_of_SETTINGS_is_empty()
    {
        Assert.Equal(default, Judge(FrameType.Settings, FrameFlags.Ack, 0, 0));
        Assert.Equal(SizeError(EndReason.SettingsAckWithPayload, ErrorScope.Connection), Judge(FrameType.Settings, FrameFlags.Ack, 6, 0));
    }

    private static ProtocolError Judge(FrameType type, FrameFlags flags, int length, int streamId) =>
        FrameRules.Judge(new FrameHeader(length, type, flags, streamId), Maximum);

    private static ProtocolError SizeError(EndReason reason, ErrorScope scope) => new(reason, (int)ErrorCode.FrameSizeError, scope, ErrorOrigin.Peer);

    private static HashSet<int> Lengths(string text) =>
        text.Split('-') is [string first, string last]
            ? [.. Enumerable.Range(int.Parse(first, null), int.Parse(last, null) - int.Parse(first, null) + 1)]
            : [.. text.Split(' ').Select(length => int.Parse(length, null))];
}
