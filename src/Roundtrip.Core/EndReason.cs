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

    // A handler's faults.
    HandlerFailed,
    HandlerWroteTooMuch,
    HandlerWroteTooLittle,
    ResponseSourceChanged,
    ResponseSourceFailed,

    // TLS.
    HandshakeFailed,
    TlsFailed,
    PlaintextOnTlsPort,
}
