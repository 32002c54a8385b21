namespace Roundtrip.Http.WebSocket.Frames;

/// <summary>RFC 6455 section 5.2: what a frame is. The others are reserved.</summary>
public enum Opcode : byte
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
}
