namespace Roundtrip.Core;

/// <summary>
/// Why an exchange or a connection ended. One value goes from the place that found the cause to the log line, the metric and the wire;
/// <see cref="EndReasons.Describe"/> gives its sentence.
/// </summary>
public enum EndReason : byte
{
    None = 0,

    // The ordinary ends.
    Completed,
    PeerClosed,
    PeerReset,
    ServerStopping,
    Upgraded,

    // Deadlines and rates.
    KeepAliveTimeout,
    RequestHeadTimeout,
    RequestHeadTooSlow,
    RequestBodyTimeout,
    RequestBodyTooSlow,
    RequestBodyStalled,
    ResponseStalled,
    ResponseTooSlow,
    HandshakeTimeout,

    // Limits.
    TooManyConnections,
    TooManyConnectionsFromAddress,
    TooManyRequestsOnConnection,
    RequestLineTooLong,
    FieldLineTooLong,
    TooManyFields,
    RequestHeadTooLarge,
    RequestBodyTooLarge,
    ChunkExtensionsTooLong,
    TrailersTooLarge,
    OutOfDescriptors,
    AcceptFailed,
    TooManyRequestWorkers,

    // HTTP/1 request line (RFC 9112 section 3).
    BareLineFeed,
    BareCarriageReturn,
    InvalidMethod,
    InvalidTarget,
    InvalidVersion,
    UnsupportedVersion,
    Http09NotAllowed,
    InvalidRequestLine,

    // HTTP/1 fields (RFC 9112 section 5, RFC 9110 section 5).
    WhitespaceBeforeColon,
    ObsoleteLineFolding,
    InvalidFieldName,
    InvalidFieldValue,
    MissingColon,
    WhitespaceBeforeFirstField,

    // HTTP/1 host and framing (RFC 9112 sections 3.2 and 6).
    MissingHost,
    DuplicateHost,
    InvalidHost,
    MisdirectedRequest,
    ConnectNotSupported,
    InvalidContentLength,
    DifferingContentLength,
    ContentLengthWithTransferEncoding,
    InvalidTransferEncoding,
    UnsupportedTransferCoding,
    TransferEncodingInHttp10,
    InvalidChunkSize,
    InvalidChunkExtension,
    InvalidChunkEnd,
    InvalidTrailer,
    InvalidExpectation,
    TruncatedHead,
    TruncatedBody,

    // HTTP/2 frames (RFC 9113 sections 4 and 6, RFC 9218 section 7.1).
    FrameTooLarge,
    InvalidFrameLength,
    FrameNeedsStream,
    FrameNeedsConnection,
    InvalidPadding,
    SettingsAckWithPayload,
    InvalidEnablePush,
    InitialWindowTooLarge,
    InvalidMaxFrameSize,
    InvalidEnableConnectProtocol,
    InvalidNoRfc7540Priorities,
    InvalidPromisedStream,
    ZeroWindowIncrement,
    PriorityUpdateWithoutStream,

    // HTTP/2 priorities (RFC 7540 section 5.3, RFC 9218 section 7.1).
    StreamDependsOnItself,
    PriorityUpdateOfIdlePush,
    TooManyPriorityUpdates,

    // HPACK (RFC 7541).
    HpackTruncated,
    HpackIntegerTooLarge,
    HpackIndexOutOfRange,
    HpackInvalidPadding,
    HpackEndOfString,
    HpackTableTooLarge,
    HpackSizeUpdateInsideBlock,
    HpackSizeUpdateMissing,
    HpackTableChurn,

    // HTTP/2 fields (RFC 9113 sections 8.2 and 8.3).
    UppercaseFieldName,
    UnknownPseudoField,
    DuplicatePseudoField,
    PseudoFieldAfterField,
    MissingPseudoField,
    MisplacedPseudoField,
    ConnectionSpecificField,
    DifferingAuthority,

    // HTTP/2 connections and streams (RFC 9113 sections 3, 5, 6 and 8.1).
    InvalidPreface,
    HeaderBlockInterrupted,
    HeaderBlockTooLong,
    StreamStateViolated,
    InvalidStreamId,
    UnexpectedFrame,
    FlowControlViolated,
    ContentLengthMismatch,
    StreamReset,
    TooManyStreams,
    SettingsTimeout,
    PingTimeout,

    // HTTP/2 floods.
    SettingsFlood,
    PingFlood,
    PriorityFlood,
    EmptyFrameFlood,
    SmallDataFlood,
    WindowUpdateFlood,
    RapidReset,
    ProvokedResetFlood,
    UnknownFrameFlood,

    // WebSocket (RFC 6455 sections 5, 7 and 8.1, RFC 7692).
    WebSocketReservedBits,
    WebSocketReservedOpcode,
    WebSocketControlFragmented,
    WebSocketControlTooLong,
    WebSocketMasked,
    WebSocketUnmasked,
    WebSocketInvalidLength,
    WebSocketUnexpectedContinuation,
    WebSocketMessageInterrupted,
    WebSocketInvalidUtf8,
    WebSocketInvalidClose,
    WebSocketInvalidDeflate,
    WebSocketFrameTooLarge,
    WebSocketMessageTooLarge,
    WebSocketTooManyFragments,
    WebSocketPongTimeout,
    WebSocketCloseTimeout,
    WebSocketTruncated,

    // What a client meets.
    InvalidStatusLine,
    UnexpectedSwitch,
    UnexpectedContent,
    TooManyInterimResponses,
    Http11Required,
    NotProcessed,
    Cancelled,
    ExchangeTimeout,
    NameNotFound,
    ConnectFailed,
    ConnectTimeout,
    ProtocolNotAgreed,

    // A handler's faults.
    HandlerFailed,
    HandlerWroteTooMuch,
    HandlerWroteTooLittle,
    ResponseHeadTooLarge,
    ResponseSourceChanged,
    ResponseSourceFailed,

    // TLS.
    HandshakeFailed,
    TlsFailed,
    PlaintextOnTlsPort,
}
