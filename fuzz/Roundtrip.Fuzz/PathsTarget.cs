using System.Net;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Paths.Drawing;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Fuzz;

/// <summary>
/// A search for all paths among routers that answer as they like: the first byte says what is asked, and then two bytes for each probe who answers it, how, when, and whether an older probe is
/// answered again. The search ends within its probes, and what it has found can be drawn.
/// </summary>
public static class PathsTarget
{
    private const int MostProbes = 200;

    private static readonly PeerAddress[] Routers = [.. Enumerable.Range(1, 8).Select(i => PeerAddress.From(IPAddress.Parse($"10.0.0.{i}"), 0))];

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        byte how = input[0];
        var engine = new PathsEngine(new PathsOptions
        {
            Trace = new TraceOptions { FirstTimeToLive = (byte)(1 + (how >> 6)), MaximumTimeToLive = (byte)(4 + (how & 15)) },
            EndsFlowsLast = (how & 16) != 0,
            FailureBound = (how & 32) != 0 ? 0.5 : 0.05,
            MaximumProbes = MostProbes,
            MaximumFlows = 64,
        });
        var due = new PriorityQueue<Answer, long>();
        var sent = new List<Probe>();
        long now = 0;
        int at = 1;
        while (!engine.IsEnded)
        {
            while (engine.TryNextProbe(now, out Probe probe))
            {
                engine.Sent(probe, now);
                sent.Add(probe);
                Require(sent.Count <= MostProbes, "More is sent than may be.");
                if (at + 2 <= input.Length)
                {
                    Answer(sent, input[at], input[at + 1], now, due);
                    at += 2;
                }
            }

            while (due.TryPeek(out _, out long when) && when <= now)
            {
                engine.Receive(due.Dequeue());
            }

            if (!engine.IsEnded)
            {
                long next = Math.Min(engine.NextDeadline, due.TryPeek(out _, out long when) ? when : Deadline.None);
                Require(next != Deadline.None, "The search waits for nothing.");
                now = Math.Max(now + 1, next);
                Require(now < 130 * Span.Second, "The search does not end.");
            }
        }

        Check(engine.Graph);
    }

    private static void Answer(List<Probe> sent, byte who, byte what, long now, PriorityQueue<Answer, long> due)
    {
        if (who >= 0xf0)
        {
            return;
        }

        Probe probe = (who & 8) == 0 ? sent[^1] : sent[Math.Max(0, sent.Count - 1 - (what >> 3))];
        var kind = (who >> 4) < 10 ? AnswerKind.TimeExceeded : (AnswerKind)(what % 12);
        long arrives = now + (1 + (what & 7) * (what & 7)) * 5 * Span.Millisecond;
        due.Enqueue(new Answer(probe.Id, probe.Flow, Routers[who & 7], kind, arrives) { TimeToLive = (byte)(255 - (what >> 3)), QuotedTimeToLive = (byte)(what >> 6) }, arrives);
        if ((who >> 4) == 9)
        {
            due.Enqueue(new Answer(probe.Id, probe.Flow, Routers[(who + 1) & 7], kind, arrives), arrives);
        }
    }

    private static void Check(PathGraph graph)
    {
        Require(PathDrawing.Draw(graph).Count(line => line.Node is not null) == graph.Nodes.Count, "A router is not drawn.");
        Require(PathDrawing.Ids(graph).Distinct().Count() == graph.Nodes.Count, "Two routers have one name.");
        Require(graph.Links.All(link => graph.Nodes[link.From].TimeToLive < graph.Nodes[link.To].TimeToLive), "A link does not lead on.");
        var links = graph.Links.Select(link => (link.From, link.To)).ToHashSet();
        foreach (FoundPath path in graph.Paths)
        {
            Require(path.Nodes.Zip(path.Nodes.Skip(1)).All(links.Contains), "A path has a link that is none.");
            Require(path.Lost <= path.Sent, "More is lost than was sent.");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
