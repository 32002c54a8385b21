using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Fuzz;

/// <summary>
/// Frames of one connection. The first byte chooses the role, compression and limits; the rest comes whole, byte by byte, and in pieces whose length the second byte says. Whatever it is, what is told
/// and sent is the same each way, a message within its limit, text UTF-8, and no buffer kept.
/// </summary>
public static class WebSocketTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        byte options = input[0];
        byte[] bytes = input[2..].ToArray();
        string whole = Tell(options, bytes, Math.Max(bytes.Length, 1));
        Require(Tell(options, bytes, 1) == whole, "Byte by byte something else comes of it.");
        Require(Tell(options, bytes, input[1] + 2) == whole, "In pieces something else comes of it.");
    }

    private static string Tell(byte options, byte[] bytes, int pieceLength)
    {
        var pool = new BufferPool();
        WebSocketRole role = (options & 1) == 0 ? WebSocketRole.Client : WebSocketRole.Server;
        WebSocketLimits limits = WebSocketLimits.Default with { Message = 4096 << (options >> 6), Frame = 8192, Fragments = 8 };
        DeflateParameters? deflate = (options & 2) == 0 ? null : new((options & 4) == 0, (options & 8) == 0, 8 + ((options >> 4) & 3), 15);
        uint mask = 0;
        var socket = new WebSocketConnection(role, limits, new WebSocketResources(pool), 0, deflate, () => ++mask);
        var told = new System.Text.StringBuilder();
        int closed = 0;
        for (int at = 0; at < bytes.Length; at += pieceLength)
        {
            socket.Receive(0, bytes.AsSpan(at, Math.Min(pieceLength, bytes.Length - at)));
            closed += Read(socket, limits, told);
        }

        socket.ReceiveEnd(0);
        closed += Read(socket, limits, told);
        Require(closed == 1, "The end was told twice, or never.");
        byte[] sent = new byte[(int)socket.Output.Length];
        socket.Output.Read(sent);
        told.Append(Convert.ToHexString(sent)).Append(socket.Ending);
        socket.Release();
        Require(pool.Outstanding == 0, "A buffer was not returned.");
        return told.ToString();
    }

    private static int Read(WebSocketConnection socket, WebSocketLimits limits, System.Text.StringBuilder told)
    {
        int closed = 0;
        while (socket.TryReadEvent(out WebSocketEvent what))
        {
            Require(what.Data.Length <= limits.Message, "A message is longer than its limit.");
            Require(what.Kind != WebSocketEventKind.Text || System.Text.Unicode.Utf8.IsValid(what.Data), "Text is not UTF-8.");
            closed += what.Kind == WebSocketEventKind.Closed ? 1 : 0;
            told.Append(what.Kind).Append(what.Code).Append(what.Error.Reason).Append(Convert.ToHexString(what.Data)).Append('\n');
        }

        return closed;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
