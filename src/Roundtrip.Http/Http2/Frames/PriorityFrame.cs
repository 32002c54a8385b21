using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>PRIORITY (RFC 7540 section 6.3; RFC 9113 section 6.3 keeps its form alone). It may come for a stream in any state, idle and closed ones too.</summary>
public readonly record struct PriorityFrame(PriorityFields Fields)
{
    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out PriorityFrame frame)
    {
        frame = new PriorityFrame(PriorityFields.Read(payload));
        return default;
    }
}
