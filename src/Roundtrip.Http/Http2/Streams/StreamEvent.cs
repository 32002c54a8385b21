namespace Roundtrip.Http.Http2;

/// <summary>What moves a stream from one state to another (RFC 9113 section 5.1, figure 2), or may not come in it.</summary>
public enum StreamEvent : byte
{
    SendHeaders,
    SendHeadersAndEnd,
    SendData,
    SendDataAndEnd,

    /// <summary>We promise this stream, on another one.</summary>
    SendPushPromise,
    SendReset,

    ReceiveHeaders,
    ReceiveHeadersAndEnd,
    ReceiveData,
    ReceiveDataAndEnd,

    /// <summary>The peer promises this stream, on another one.</summary>
    ReceivePushPromise,
    ReceiveReset,
    ReceiveWindowUpdate,
    ReceivePriority,
}
