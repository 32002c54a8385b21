using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>
/// A server's HTTP/2 connection whose client, network, clock and handlers do what the input's bytes choose. Whatever they do, nothing throws, the server sends only what RFC 9113 and the
/// client's windows let it, what the client sent is given back to its windows once, an end has a reason, every exchange ends once, and every buffer and file is let go.
/// </summary>
public static class Http2Target
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var choices = new Choices(input.ToArray());
        int options = choices.Next();
        FuzzHandler handler = null!;
        var host = new TestHost(exchange => handler.Start(exchange)) { IsSecure = true, Limits = LimitsOf(options), ProduceRoom = (options & 4) != 0 ? 64 * 1024 : 100 };
        handler = new FuzzHandler(host, choices, patience: (options & 32) != 0 ? 500 : host.Limits.Timeout);
        host.Use(new Http2ServerConnection(host, new Http2Resources()));
        var client = new Http2Client(host, handler, choices, isLawless: (options & 8) != 0);
        client.Begin();
        for (int steps = 0; steps < 400 && !choices.IsEmpty; steps++)
        {
            client.Step();
        }

        Finish(host, handler, client);
    }

    private static HttpLimits LimitsOf(int options)
    {
        Http2Limits http2 = Http2Limits.Default with
        {
            MaxSessionStreams = 5,
            WindowSize = (options & 1) != 0 ? 1000 : SendWindow.Initial,
            MaxWindowSize = (options & 16) != 0 ? 1 << 20 : SendWindow.Initial,
            StreamMaxMemSize = 2000,
            MaxDataFrameLength = (options & 32) != 0 ? 700 : 0,
            MaxHeaderBlockLength = (options & 64) != 0 ? 140 : Http2Limits.DefaultHeaderBlockLength,
        };
        return SmallLimits.Http with { Http2 = (options & 2) != 0 ? http2 : http2 with { Floods = SmallLimits.NoFloods } };
    }

    private static void Finish(TestHost host, FuzzHandler handler, Http2Client client)
    {
        host.IsReading = true;
        host.Pump();
        if (host.Engine.Closing == ConnectionClose.None)
        {
            handler.EndAll();
            host.Pump();
        }

        Require((host.Engine.Closing == ConnectionClose.None) == (host.Engine.ClosingReason == EndReason.None), "An end has no reason, or no end has one.");
        bool isQuiet = host.Engine.Closing == ConnectionClose.None && host.Engine.Waiting == 0;
        client.Sent.Check(host.SentBytes, isQuiet, host.Limits.Http2);
        host.End(EndReason.PeerClosed);
        Require(host.Engine.Waiting == 0, "Content waits on a connection that is over.");
        Require(host.Engine.NextDeadline == Deadline.None, "A connection that is over has a deadline.");
        Require(host.Buffers.Outstanding == 0, "A buffer was not returned.");
        handler.Check();
    }

    internal static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
