namespace Roundtrip.Http.WebSocket;

/// <summary>RFC 6455 section 7.4 and IANA's registry: why a WebSocket is closed.</summary>
public static class CloseCode
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int UnsupportedData = 1003;

    /// <summary>A Close frame without a code. Never on the wire.</summary>
    public const int NoStatus = 1005;

    /// <summary>The connection ended without a Close frame. Never on the wire.</summary>
    public const int Abnormal = 1006;

    public const int InvalidPayload = 1007;
    public const int PolicyViolation = 1008;
    public const int TooBig = 1009;
    public const int InternalError = 1011;
    public const int ServiceRestart = 1012;
    public const int TryAgainLater = 1013;

    /// <summary>Whether the code may stand in a Close frame: those that are registered for it, and those of libraries and applications.</summary>
    public static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
