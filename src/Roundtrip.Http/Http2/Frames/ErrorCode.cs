namespace Roundtrip.Http.Http2.Frames;

/// <summary>Why a stream or a connection ended, as RST_STREAM and GOAWAY say it (RFC 9113 section 7). One that is not known is like <see cref="InternalError"/>.</summary>
public enum ErrorCode : uint
{
    NoError = 0x00,
    ProtocolError = 0x01,
    InternalError = 0x02,
    FlowControlError = 0x03,
    SettingsTimeout = 0x04,
    StreamClosed = 0x05,
    FrameSizeError = 0x06,

    /// <summary>Nothing of the request was processed: it may be sent again (section 8.7).</summary>
    RefusedStream = 0x07,
    Cancel = 0x08,
    CompressionError = 0x09,
    ConnectError = 0x0A,
    EnhanceYourCalm = 0x0B,
    InadequateSecurity = 0x0C,
    Http11Required = 0x0D,
}
