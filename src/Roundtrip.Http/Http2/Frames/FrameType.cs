namespace Roundtrip.Http.Http2.Frames;

/// <summary>What a frame is for (RFC 9113 section 6). A number without a name is a type that this program does not know: it is ignored (section 4.1).</summary>
public enum FrameType : byte
{
    Data = 0x00,
    Headers = 0x01,
    Priority = 0x02,
    RstStream = 0x03,
    Settings = 0x04,
    PushPromise = 0x05,
    Ping = 0x06,
    GoAway = 0x07,
    WindowUpdate = 0x08,
    Continuation = 0x09,

    /// <summary>RFC 7838 section 4. A server ignores it.</summary>
    AltSvc = 0x0A,

    /// <summary>RFC 8336 section 2. A server ignores it.</summary>
    Origin = 0x0C,

    /// <summary>RFC 9218 section 7.1.</summary>
    PriorityUpdate = 0x10,
}
