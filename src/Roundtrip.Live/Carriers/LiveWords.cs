namespace Roundtrip.Live.Carriers;

/// <summary>Words that clients and hub agree on: docs/live.md.</summary>
public static class LiveWords
{
    /// <summary>The WebSocket subprotocol.</summary>
    public const string Subprotocol = "roundtrip.live.v1";

    /// <summary>The id of the last event of a closed topic. Who comes back with it is answered 204, which ends an EventSource.</summary>
    public const string ClosedId = "CLOSE";

    /// <summary>The name of the event that says what is missing.</summary>
    public const string GapEvent = "gap";

    /// <summary>The name of the event that says where bytes are.</summary>
    public const string BinaryEvent = "binary";
}
