namespace Roundtrip.Http.Http2.Frames;

/// <summary>The flags of all types of frames (RFC 9113 section 6). One that a type does not define is ignored (section 4.1).</summary>
[Flags]
public enum FrameFlags : byte
{
    None = 0,

    /// <summary>DATA and HEADERS: the sender sends nothing more on the stream.</summary>
    EndStream = 0x01,

    /// <summary>SETTINGS and PING: an acknowledgement.</summary>
#pragma warning disable CA1069 // One bit means two things: which of them, the type of the frame says.
    Ack = 0x01,
#pragma warning restore CA1069

    /// <summary>HEADERS, PUSH_PROMISE and CONTINUATION: the field block ends here.</summary>
    EndHeaders = 0x04,

    /// <summary>DATA, HEADERS and PUSH_PROMISE: a pad length stands first, and padding last.</summary>
    Padded = 0x08,

    /// <summary>HEADERS: <see cref="PriorityFields"/> stand before the field block.</summary>
    Priority = 0x20,
}
