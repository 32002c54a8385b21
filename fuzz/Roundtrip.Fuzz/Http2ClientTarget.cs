using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>
/// A client's HTTP/2 connection whose server, network, clock and user do what the input's bytes choose. Whatever they do, nothing throws, the client sends only what RFC 9113 and the server's
/// windows let it, what the server sent is given back to its windows once, a paused exchange is told nothing, every exchange ends once, and every buffer is let go.
/// </summary>
public static class Http2ClientTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var choices = new Choices(input.ToArray());
        int options = choices.Next();
        var host = new TestHost(_ => { }) { IsSecure = true, Limits = LimitsOf(options), ProduceRoom = (options & 4) != 0 ? 64 * 1024 : 100 };
        var engine = new Http2ClientConnection(host, new Http2Resources(), acceptsPush: (options & 1) != 0);
        host.Use(engine);
        var user = new FuzzUser(engine, choices);
        var origin = new Http2Origin(host, choices, isLawless: (options & 8) != 0);
        if ((options & 32) != 0)
        {
            // A request goes out with the preface, before the server's SETTINGS.
            user.Begin();
        }

        origin.Begin();
        for (int steps = 0; steps < 400 && !choices.IsEmpty; steps++)
        {
            switch (choices.Of(4))
            {
                case 0:
                    user.Begin();
                    host.Pump();
                    break;
                case 1:
                    user.ActOnAny();
                    host.Pump();
                    break;
                default:
                    origin.Step();
                    break;
            }
        }

        Finish(host, user, origin);
    }

    private static HttpLimits LimitsOf(int options)
    {
        Http2Limits http2 = Http2Limits.Default with { MaxSessionStreams = 5, StreamMaxMemSize = 2000 };
        return SmallLimits.Http with { RequestBody = 0, Http2 = (options & 2) != 0 ? http2 : http2 with { Floods = SmallLimits.NoFloods } };
    }

    private static void Finish(TestHost host, FuzzUser user, Http2Origin origin)
    {
        host.IsReading = true;
        host.Pump();
        if (host.Engine.Closing == ConnectionClose.None)
        {
            user.ResumeAll();
            user.CancelAll();
            host.Pump();
        }

        Http2Target.Require((host.Engine.Closing == ConnectionClose.None) == (host.Engine.ClosingReason == EndReason.None), "An end has no reason, or no end has one.");
        bool isQuiet = host.Engine.Closing == ConnectionClose.None && host.Engine.Waiting == 0;
        origin.Sent.Check(host.SentBytes[Http2Preface.Client.Length..], isQuiet, host.Limits.Http2);
        host.End(EndReason.PeerClosed);
        Http2Target.Require(host.Engine.Waiting == 0, "Content waits on a connection that is over.");
        Http2Target.Require(host.Engine.NextDeadline == Deadline.None, "A connection that is over has a deadline.");
        Http2Target.Require(host.Buffers.Outstanding == 0, "A buffer was not returned.");
        user.Check();
    }
}
