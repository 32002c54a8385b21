using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests;

/// <summary>Connections ready for use.</summary>
public static class Connections
{
    /// <summary>An HTTP/1 connection whose requests go to <paramref name="starter"/>, or are answered at once.</summary>
    public static TestHost Open(Action<Exchange>? starter = null, HttpLimits? limits = null, bool readsThrough = false)
    {
        TestHost host = null!;
        host = new TestHost(exchange => (starter ?? (e => Handlers.AnswerAtOnce(host, e)))(exchange)) { Limits = limits ?? HttpLimits.Default, ReadsThrough = readsThrough };
        return host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources())));
    }

    /// <summary>A connection whose one handler keeps each exchange, with the list into which they go.</summary>
    public static (TestHost Host, List<Exchange> Held) OpenHeld(HttpLimits? limits = null)
    {
        var held = new List<Exchange>();
        TestHost host = null!;
        host = Open(
            exchange =>
            {
                exchange.Handler = new HoldingHandler(host);
                held.Add(exchange);
            },
            limits);
        return (host, held);
    }
}
