using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>One vector, every way in which it can come: whole, byte by byte, and in two pieces cut at every index.</summary>
internal static class WebSocketFeeds
{
    public sealed record Outcome(string Events, string Sent, WebSocketEnding Ending);

    /// <summary>Feeds the vector each way, and asserts that what comes of it is the same and that nothing is held afterwards.</summary>
    public static Outcome EveryWay(byte[] vector, WebSocketLimits? limits = null, DeflateParameters? deflate = null, WebSocketRole role = WebSocketRole.Server)
    {
        Outcome whole = Run([vector], limits, deflate, role);
        Assert.Equal(whole, Run([.. vector.Select(value => new[] { value })], limits, deflate, role));
        int step = vector.Length > 2000 ? vector.Length / 300 : 1;
        for (int cut = 1; cut < vector.Length; cut += step)
        {
            Assert.Equal(whole, Run([vector[..cut], vector[cut..]], limits, deflate, role));
        }

        return whole;
    }

    private static Outcome Run(byte[][] pieces, WebSocketLimits? limits, DeflateParameters? deflate, WebSocketRole role)
    {
        var socket = new TestSocket(limits, deflate, role);
        socket.Feed(pieces);
        var outcome = new Outcome(string.Join(" | ", socket.Events), socket.SentFrames, socket.Connection.Ending);
        socket.Connection.Release();
        Assert.Equal(0, socket.Outstanding);
        return outcome;
    }
}
