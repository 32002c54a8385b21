using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2.Frames;

/// <summary>Payloads, as RFC 9113 section 6 lays them out. Each is given in hexadecimal with its fields apart.</summary>
public class FrameReaderTests
{
    private const FrameFlags Padded = FrameFlags.Padded;

    // Frames whose payload is at fault, one for each reason that the header alone does not have.
    public static TheoryData<FrameType, FrameFlags, int, string, EndReason, ErrorCode, ErrorScope> Faults() => new()
    {
        { FrameType.Data, Padded, 1, "01", EndReason.InvalidPadding, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.Data, Padded, 1, "03 6162", EndReason.InvalidPadding, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.Headers, Padded, 1, "01", EndReason.InvalidPadding, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.Headers, Padded | FrameFlags.Priority, 1, "01 00000000 0F", EndReason.InvalidPadding, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.PushPromise, Padded, 1, "01 00000002", EndReason.InvalidPadding, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.PushPromise, FrameFlags.None, 1, "00000000", EndReason.InvalidPromisedStream, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.PushPromise, FrameFlags.None, 1, "00000003", EndReason.InvalidPromisedStream, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.WindowUpdate, FrameFlags.None, 1, "00000000", EndReason.ZeroWindowIncrement, ErrorCode.ProtocolError, ErrorScope.Exchange },
        { FrameType.WindowUpdate, FrameFlags.None, 1, "80000000", EndReason.ZeroWindowIncrement, ErrorCode.ProtocolError, ErrorScope.Exchange },
        { FrameType.WindowUpdate, FrameFlags.None, 0, "00000000", EndReason.ZeroWindowIncrement, ErrorCode.ProtocolError, ErrorScope.Connection },
        { FrameType.PriorityUpdate, FrameFlags.None, 0, "00000000 753D31", EndReason.PriorityUpdateWithoutStream, ErrorCode.ProtocolError, ErrorScope.Connection },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_has_its_reason_code_and_scope(
        FrameType type, FrameFlags flags, int streamId, string hex, EndReason reason, ErrorCode code, ErrorScope scope)
    {
        FrameHeader header = Header(type, flags, streamId, hex, out byte[] payload);

        Assert.Equal(new ProtocolError(reason, (int)code, scope, ErrorOrigin.Peer), Read(header, payload));
    }

    [Fact]
    public void Every_reason_of_a_frame_has_a_vector()
    {
        EndReason[] headers =
        [
            EndReason.FrameTooLarge, EndReason.InvalidFrameLength, EndReason.FrameNeedsStream, EndReason.FrameNeedsConnection,
            EndReason.SettingsAckWithPayload,
        ];
        IEnumerable<EndReason> payloads = Faults().Select(row => row.Data.Item5);
        IEnumerable<EndReason> settings = SettingsTests.Unlawful().Select(row => row.Data.Item3);

        Assert.Equal(FrameReasons.All.Order(), headers.Concat(payloads).Concat(settings).Distinct().Order());
    }

    [Theory]
    [InlineData(FrameFlags.None, "6162", "6162")]
    [InlineData(FrameFlags.None, "", "")]
    [InlineData(Padded, "00 6162", "6162")]
    [InlineData(Padded, "02 6162 0000", "6162")]
    [InlineData(Padded, "02 0000", "")]
    [InlineData(Padded, "00", "")]
    [InlineData(Padded, "02 6162 FFFF", "6162")]
    public void DATA_loses_its_padding(FrameFlags flags, string hex, string content)
    {
        FrameHeader header = Header(FrameType.Data, flags, 1, hex, out byte[] payload);

        Assert.Equal(default, DataFrame.Read(header, payload, out DataFrame frame));
        Assert.Equal(content, Convert.ToHexString(frame.Content));
    }

    [Theory]
    [InlineData(FrameFlags.None, "8286", "8286", null)]
    [InlineData(Padded, "01 8286 00", "8286", null)]
    [InlineData(FrameFlags.Priority, "80000003 FF 8286", "8286", "3 True 256")]
    [InlineData(FrameFlags.Priority, "00000000 00", "", "0 False 1")]
    [InlineData(Padded | FrameFlags.Priority, "02 7FFFFFFF 0F 8286 0000", "8286", "2147483647 False 16")]
    public void HEADERS_has_a_fragment_and_may_have_padding_and_a_priority(FrameFlags flags, string hex, string fragment, string? priority)
    {
        FrameHeader header = Header(FrameType.Headers, flags, 1, hex, out byte[] payload);

        Assert.Equal(default, HeadersFrame.Read(header, payload, out HeadersFrame frame));
        Assert.Equal(fragment, Convert.ToHexString(frame.Fragment));
        Assert.Equal(priority, frame.Priority is { } fields ? $"{fields.Dependency} {fields.IsExclusive} {fields.Weight}" : null);
    }

    [Fact]
    public void PUSH_PROMISE_has_a_promised_stream_and_a_fragment()
    {
        FrameHeader header = Header(FrameType.PushPromise, Padded, 1, "01 80000002 8286 00", out byte[] payload);

        Assert.Equal(default, PushPromiseFrame.Read(header, payload, out PushPromiseFrame frame));
        Assert.Equal(2, frame.PromisedStreamId);
        Assert.Equal("8286", Convert.ToHexString(frame.Fragment));
    }

    [Fact]
    public void GOAWAY_has_a_last_stream_a_code_and_debug_data()
    {
        FrameHeader header = Header(FrameType.GoAway, FrameFlags.None, 0, "80000007 0000000B 63616C6D", out byte[] payload);

        Assert.Equal(default, GoAwayFrame.Read(header, payload, out GoAwayFrame frame));
        Assert.Equal((7, ErrorCode.EnhanceYourCalm, "calm"), (frame.LastStreamId, frame.Code, Encoding.ASCII.GetString(frame.DebugData)));
    }

    [Fact]
    public void RST_STREAM_keeps_a_code_without_a_name()
    {
        FrameHeader header = Header(FrameType.RstStream, FrameFlags.None, 1, "FFFFFFFF", out byte[] payload);

        Assert.Equal(default, RstStreamFrame.Read(header, payload, out RstStreamFrame frame));
        Assert.Equal((ErrorCode)uint.MaxValue, frame.Code);
    }

    [Fact]
    public void PING_and_its_acknowledgement_have_eight_bytes()
    {
        FrameHeader header = Header(FrameType.Ping, FrameFlags.Ack, 0, "0102030405060708", out byte[] payload);

        Assert.Equal(default, PingFrame.Read(header, payload, out PingFrame frame));
        Assert.Equal(new PingFrame(IsAck: true, 0x0102030405060708), frame);
    }

    [Fact]
    public void PRIORITY_UPDATE_has_a_stream_and_a_field_value()
    {
        FrameHeader header = Header(FrameType.PriorityUpdate, FrameFlags.None, 0, "80000005 753D31", out byte[] payload);

        Assert.Equal(default, PriorityUpdateFrame.Read(header, payload, out PriorityUpdateFrame frame));
        Assert.Equal((5, "u=1"), (frame.PrioritizedStreamId, Encoding.ASCII.GetString(frame.FieldValue)));
    }

    private static ProtocolError Read(in FrameHeader header, byte[] payload)
    {
        Assert.Equal(default, FrameRules.Judge(header, FrameHeader.DefaultMaximumLength));
        return header.Type switch
        {
            FrameType.Data => DataFrame.Read(header, payload, out _),
            FrameType.Headers => HeadersFrame.Read(header, payload, out _),
            FrameType.PushPromise => PushPromiseFrame.Read(header, payload, out _),
            FrameType.WindowUpdate => WindowUpdateFrame.Read(header, payload, out _),
            FrameType.PriorityUpdate => PriorityUpdateFrame.Read(header, payload, out _),
            _ => throw new ArgumentException("A type without faults of its own.", nameof(header)),
        };
    }

    private static FrameHeader Header(FrameType type, FrameFlags flags, int streamId, string hex, out byte[] payload)
    {
        payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        return new FrameHeader(payload.Length, type, flags, streamId);
    }
}
