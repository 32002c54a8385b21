using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>What a frame's header alone can do wrong: its length, and the stream it is on (RFC 9113 sections 4.2 and 6, RFC 9218 section 7.1).</summary>
public static class FrameRules
{
    private static readonly Rule[] Rules = MakeRules();

    private enum On : byte
    {
        Any,
        Stream,
        Connection,
    }

    /// <summary>
    /// Judges a header as soon as it has come. A frame that passes has all the fields of a length that does not vary, so the frames' Read may follow. What depends on the
    /// state of the stream or on the frame before is the engine's matter.
    /// </summary>
    /// <param name="maximumLength">The SETTINGS_MAX_FRAME_SIZE that the peer was told and has acknowledged.</param>
    /// <returns>
    /// No error, or one whose code is an <see cref="ErrorCode"/>. After one of a stream the payload, up to <see cref="FrameHeader.LargestLength"/> bytes, is still to be
    /// skipped, and of DATA still to be counted against the connection's window; an engine that would rather not may end the connection (RFC 9113 section 5.4.2).
    /// </returns>
    public static ProtocolError Judge(in FrameHeader header, int maximumLength)
    {
        Rule rule = (int)header.Type < Rules.Length ? Rules[(int)header.Type] : Rule.OfUnknown;
        if (header.Length > maximumLength)
        {
            return SizeError(EndReason.FrameTooLarge, rule, header);
        }

        if (rule.On == On.Stream && header.StreamId == 0)
        {
            return FrameErrors.Connection(EndReason.FrameNeedsStream, ErrorCode.ProtocolError);
        }

        if (rule.On == On.Connection && header.StreamId != 0)
        {
            return FrameErrors.Connection(EndReason.FrameNeedsConnection, ErrorCode.ProtocolError);
        }

        // RFC 9113 §6.5: an acknowledgement of SETTINGS is empty.
        if (header.Type == FrameType.Settings && header.Has(FrameFlags.Ack) && header.Length != 0)
        {
            return FrameErrors.Connection(EndReason.SettingsAckWithPayload, ErrorCode.FrameSizeError);
        }

        int least = rule.Least + (header.Has(rule.Padded) ? 1 : 0) + (header.Has(rule.Prioritized) ? PriorityFields.Size : 0);
        return header.Length < least || (rule.IsExact && header.Length != least) || header.Length % rule.Multiple != 0
            ? SizeError(EndReason.InvalidFrameLength, rule, header)
            : default;
    }

    // RFC 9113 §4.2: an error of size in a frame on stream 0 ends the connection, whatever its type.
    private static ProtocolError SizeError(EndReason reason, in Rule rule, in FrameHeader header) => rule.EndsConnection || header.StreamId == 0
        ? FrameErrors.Connection(reason, ErrorCode.FrameSizeError)
        : FrameErrors.Stream(reason, ErrorCode.FrameSizeError);

    private static Rule[] MakeRules()
    {
        var rules = new Rule[(int)FrameType.PriorityUpdate + 1];
        Array.Fill(rules, Rule.OfUnknown);

        // RFC 9113 §4.2: an error of size ends the connection where the frame carries a field block (their state is the connection's) or SETTINGS.
        // §6.4 and §6.9 ask for the same with RST_STREAM and WINDOW_UPDATE; §6.3 does not with PRIORITY.
        rules[(int)FrameType.Data] = new Rule(On.Stream) { Padded = FrameFlags.Padded };
        rules[(int)FrameType.Headers] = new Rule(On.Stream) { Padded = FrameFlags.Padded, Prioritized = FrameFlags.Priority, EndsConnection = true };
        rules[(int)FrameType.Priority] = new Rule(On.Stream) { Least = PriorityFields.Size, IsExact = true };
        rules[(int)FrameType.RstStream] = new Rule(On.Stream) { Least = 4, IsExact = true, EndsConnection = true };
        rules[(int)FrameType.Settings] = new Rule(On.Connection) { Multiple = Setting.Size, EndsConnection = true };
        rules[(int)FrameType.PushPromise] = new Rule(On.Stream) { Least = 4, Padded = FrameFlags.Padded, EndsConnection = true };
        rules[(int)FrameType.Ping] = new Rule(On.Connection) { Least = 8, IsExact = true, EndsConnection = true };
        rules[(int)FrameType.GoAway] = new Rule(On.Connection) { Least = 8, EndsConnection = true };
        rules[(int)FrameType.WindowUpdate] = new Rule(On.Any) { Least = 4, IsExact = true, EndsConnection = true };
        rules[(int)FrameType.Continuation] = new Rule(On.Stream) { EndsConnection = true };
        rules[(int)FrameType.PriorityUpdate] = new Rule(On.Connection) { Least = 4, EndsConnection = true };
        return rules;
    }

    private readonly record struct Rule(On On)
    {
        // What an unknown type may alter nobody can say, so the connection is not trusted after one that is too large (§4.2).
        public static Rule OfUnknown => new(On.Any) { EndsConnection = true };

        /// <summary>The bytes of the fields that are always there.</summary>
        public int Least { get; init; }

        /// <summary>Whether nothing may follow them.</summary>
        public bool IsExact { get; init; }

        public int Multiple { get; init; } = 1;

        /// <summary>The flag that puts a pad length before the payload, if the type has it.</summary>
        public FrameFlags Padded { get; init; }

        /// <summary>The flag that puts priority fields there, if the type has it.</summary>
        public FrameFlags Prioritized { get; init; }

        /// <summary>How far an error of size reaches, on a stream.</summary>
        public bool EndsConnection { get; init; }
    }
}
