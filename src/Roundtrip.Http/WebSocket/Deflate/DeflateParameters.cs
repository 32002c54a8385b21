namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>What both sides have agreed on for permessage-deflate (RFC 7692 section 7.1).</summary>
/// <param name="ServerNoContextTakeover">The server compresses each message for itself.</param>
/// <param name="ClientNoContextTakeover">So does the client.</param>
/// <param name="ServerWindowBits">How far back the server's messages may look, as a power of two: 8 to 15.</param>
/// <param name="ClientWindowBits">And the client's.</param>
public readonly record struct DeflateParameters(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, int ServerWindowBits = 15, int ClientWindowBits = 15);
