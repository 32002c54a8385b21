namespace Roundtrip.Http.Http2.Frames;

/// <summary>What a setting is about (RFC 9113 section 6.5.2). One without a name is ignored.</summary>
public enum SettingsParameter : ushort
{
    /// <summary>The bytes of the dynamic table that the sender decodes with; 4096 until said.</summary>
    HeaderTableSize = 0x01,

    /// <summary>Whether the sender takes PUSH_PROMISE; 1 until said.</summary>
    EnablePush = 0x02,

    /// <summary>The streams that its peer may have open; any number until said.</summary>
    MaxConcurrentStreams = 0x03,

    /// <summary>The bytes that a new stream may send before a WINDOW_UPDATE; 65,535 until said. A change moves the windows of all open streams (section 6.9.2).</summary>
    InitialWindowSize = 0x04,

    /// <summary>The longest payload that the sender takes, 16,384 (until said) to 16,777,215 bytes.</summary>
    MaxFrameSize = 0x05,

    /// <summary>The size of a field section that the sender takes, as section 10.5.1 counts it. Advice.</summary>
    MaxHeaderListSize = 0x06,

    /// <summary>RFC 8441 section 3: whether a CONNECT may have <c>:protocol</c>; 0 until said, and never 0 again after 1.</summary>
    EnableConnectProtocol = 0x08,

    /// <summary>RFC 9218 section 2.1: 1 says that the sender does without RFC 7540's priorities; 0 until said, and said in the first SETTINGS or never.</summary>
    NoRfc7540Priorities = 0x09,
}
