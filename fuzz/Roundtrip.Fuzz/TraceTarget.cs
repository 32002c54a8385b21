using System.Net;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Paths.Drawing;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Fuzz;

/// <summary>
/// What raw sockets receive while a trace, or a search for all paths, runs: which, of what protocol and family, the first byte says; of each message the first byte says how it comes, the second its
/// length. The engine takes answers and still comes to its end, having sent no more than it may.
/// </summary>
public static class TraceTarget
{
    private const int MostProbes = 300;

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        bool isV6 = (input[0] & 4) != 0;
        PeerAddress source = Address(isV6 ? "2001:db8::1" : "192.0.2.1"), target = Address(isV6 ? "2001:db8:ffff::7" : "198.51.100.7");
        var identity = new ProbeIdentity((ProbeProtocol)(input[0] % 4 % 3), source, target, 40_000, 33434, 0x1111);
        var writer = new ProbeWriter(identity);
        var reader = new AnswerReader(identity, writer);
        var options = new TraceOptions { MaximumTimeToLive = 12 };
        bool isForAll = (input[0] & 8) != 0;
        ITraceEngine engine = isForAll ? new PathsEngine(new PathsOptions { Trace = options, MaximumProbes = MostProbes, EndsFlowsLast = identity.Protocol == ProbeProtocol.Tcp }) : new TraceEngine(options);
        input = input[1..];
        long now = 0;
        int sent = 0;
        while (!engine.IsEnded)
        {
            if (engine.TryNextProbe(now, out Probe probe))
            {
                engine.Sent(probe, now);
                sent++;
                Require(sent <= (isForAll ? MostProbes : 12 * 3 + 12), "More is sent than may be.");
                continue;
            }

            if (input.Length >= 2)
            {
                int length = Math.Min(input[1], input.Length - 2);
                Receive(reader, engine, input[0], input.Slice(2, length), now);
                input = input[(length + 2)..];
            }

            now = engine.IsEnded ? now : Math.Max(now + 1, Math.Min(engine.NextDeadline, now + Span.Second));
            Require(now < 130 * Span.Second, "The trace does not end.");
        }

        switch (engine)
        {
            case TraceEngine trace:
                Require(trace.Hops.Count <= 12 && trace.Hops.All(hop => hop.Probes.Count <= 3), "More hops or probes than were asked for.");
                break;

            case PathsEngine search:
                Require(PathDrawing.Draw(search.Graph).Count(line => line.Node is not null) == search.Graph.Nodes.Count, "A router is not drawn.");
                break;
        }
    }

    private static void Receive(AnswerReader reader, ITraceEngine engine, byte how, ReadOnlySpan<byte> message, long now)
    {
        PeerAddress from = (how & 1) == 0 ? Address("198.51.100.7") : Address("2001:db8:ffff::7");
        Answer answer;
        if ((how & 2) == 0 ? reader.TryReadIcmp(from, how, message, now, out answer) : reader.TryReadTcp(from, how, message, now, out answer))
        {
            engine.Receive(answer);
        }

        // An answer whatever it says, as a prober of another kind may give it.
        if (message.Length >= 5)
        {
            engine.Receive(new Answer(message[0], (ushort)(message[4] >> 4), from, (AnswerKind)(message[1] % 12), now) { TimeToLive = message[2], QuotedTimeToLive = message[3], Code = message[4] });
        }
    }

    private static PeerAddress Address(string text) => PeerAddress.From(IPAddress.Parse(text), 0);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
