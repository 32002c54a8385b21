using Roundtrip.Core;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

/// <summary>Traces over random networks whose truth is known, each seed another: length, parallel routers, silence, quotes, labels, translation, order, duplicates, loss.</summary>
public class RandomNetworkTests
{
    private const int Seeds = 400;

    public static TheoryData<ProbeProtocol, bool> Kinds() => new()
    {
        { ProbeProtocol.Udp, false }, { ProbeProtocol.Udp, true }, { ProbeProtocol.Icmp, false }, { ProbeProtocol.Icmp, true }, { ProbeProtocol.Tcp, false }, { ProbeProtocol.Tcp, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Without_loss_each_hop_is_found_with_all_its_answers_and_nothing_else(ProbeProtocol protocol, bool isV6)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = RandomPath(random, isV6);
            var network = new SimulatedNetwork(path, random)
            {
                Duplicates = seed % 3 == 0 ? 0.2 : 0,
                Jitter = seed % 2 == 0 ? 20 * Span.Millisecond : 0,
                Detour = random.Next(-1, 4),
            };
            var trace = new SimulatedTrace(protocol, isV6, random) { HidesQuotedTimeToLive = seed % 4 == 1 };
            int queries = random.Next(1, 6);
            var engine = new TraceEngine(new TraceOptions { Queries = queries });

            trace.Run(engine, network);

            string where = $"{protocol}, seed {seed}";
            bool isSilent = path[^1].IsSilent;
            Assert.True(engine.Outcome == (isSilent ? TraceOutcome.NotReached : TraceOutcome.Reached), where);
            Assert.True(engine.Hops.Count == (isSilent ? 30 : path.Length), where);
            foreach (Hop hop in engine.Hops)
            {
                bool answers = hop.TimeToLive <= path.Length && !path[hop.TimeToLive - 1].IsSilent;
                Assert.True(hop.Answers.Count() == (answers ? queries : 0), $"{where}, hop {hop.TimeToLive}");
                Assert.True(hop.Addresses.All(address => address == network.AddressAt(hop.TimeToLive, 0)), where);
                Assert.True(hop.Answers.All(answer => (answer.Labels?[0].Label ?? 0) == LabelAt(path, hop.TimeToLive, answer)), where);
                AssertTranslated(path, hop, protocol, where);
            }

            Assert.Equal(Enumerable.Range(1, engine.Hops.Count), trace.Events.Where(happened => happened.Kind == TraceEventKind.HopDone).Select(happened => happened.TimeToLive));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void With_loss_what_is_found_is_true(ProbeProtocol protocol, bool isV6)
    {
        int reached = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = RandomPath(random, isV6);
            var network = new SimulatedNetwork(path, random) { Loss = 0.01, Duplicates = 0.05, Jitter = 30 * Span.Millisecond };
            var trace = new SimulatedTrace(protocol, isV6, random);
            var engine = new TraceEngine(new TraceOptions());

            trace.Run(engine, network);

            // Where each probe to the last hop was lost, one of those that may go further says how far the end is, at most.
            Assert.True(engine.Hops.Count >= path.Length, $"seed {seed}");
            Assert.All(engine.Hops.Take(path.Length), hop => Assert.All(hop.Addresses, address => Assert.Equal(network.AddressAt(hop.TimeToLive, 0), address)));
            reached += engine.Outcome == TraceOutcome.Reached && engine.Hops.Count == path.Length ? 1 : 0;
        }

        Assert.True(reached > Seeds * 0.8, $"{reached} reached");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forged_and_stale_answers_are_refused(ProbeProtocol protocol, bool isV6)
    {
        PeerAddress liar = SimulatedTrace.Address(isV6 ? "2001:db8:bad::1" : "203.0.113.66");
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = RandomPath(random, isV6);
            var network = new SimulatedNetwork(path, random);
            var trace = new SimulatedTrace(protocol, isV6, random);

            // The trace before had the same addresses and ports, and so guesses everything but what is random.
            var stale = new SimulatedTrace(protocol, isV6, random);
            var engine = new TraceEngine(new TraceOptions());
            int sent = 0, injected = 0;
            trace.Run(engine, network, (packet, now) =>
            {
                sent++;
                byte[] old = stale.Packet(new Probe((ushort)sent, 1, 0));
                network.Inject(new(liar, 60, false, SimulatedNetwork.Quote(new SimulatedHop([liar]), old, isV6, isV6 ? (byte)3 : (byte)11, 0, 1, false), now));
                injected++;

                // Another source port: a probe of somebody else's, or of a flow that was never sent.
                if (protocol != ProbeProtocol.Icmp)
                {
                    byte[] other = trace.Packet(new Probe((ushort)sent, 1, 9));
                    network.Inject(new(liar, 60, false, SimulatedNetwork.Quote(new SimulatedHop([liar]), other, isV6, isV6 ? (byte)3 : (byte)11, 0, 1, false), now));
                    injected++;
                }
            });

            Assert.DoesNotContain(engine.Hops, hop => hop.Addresses.Contains(liar));
            Assert.True(trace.Refused >= injected / 2, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_is_asked_for_and_whatever_is_lost_a_trace_ends_and_what_it_shows_is_true(ProbeProtocol protocol, bool isV6)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = RandomPath(random, isV6);
            int refuses = random.Next(5) == 0 ? random.Next(path.Length) : -1;
            if (refuses >= 0)
            {
                path[refuses] = path[refuses] with { Refuses = isV6 ? ((byte)1, (byte)1) : ((byte)3, (byte)13) };
            }

            var network = new SimulatedNetwork(path, random)
            {
                Loss = random.NextDouble() * 0.1,
                Duplicates = random.NextDouble() * 0.3,
                Jitter = random.NextInt64(200 * Span.Millisecond),
                Loop = path.Length > 6 && random.Next(5) == 0 ? (random.Next(1, 5), random.Next(2, 4)) : default,
                Detour = random.Next(-3, 10),
            };
            byte first = (byte)random.Next(1, 12);
            var options = new TraceOptions
            {
                FirstTimeToLive = first,
                MaximumTimeToLive = (byte)random.Next(first, 60),
                Queries = random.Next(1, 8),
                MaximumWait = random.NextInt64(Span.Millisecond, 5 * Span.Second),
                VariesFlow = random.Next(3) == 0,
            };
            var engine = new TraceEngine(options);

            new SimulatedTrace(protocol, isV6, random) { HidesQuotedTimeToLive = random.Next(2) == 0 }.Run(engine, network);

            Assert.All(engine.Hops, hop =>
            {
                Assert.InRange(hop.TimeToLive, options.FirstTimeToLive, options.MaximumTimeToLive);
                Assert.InRange(hop.Probes.Count, 0, options.Queries);
                Assert.All(hop.Probes.Where(probe => probe.Answer is { Kind: AnswerKind.TimeExceeded }), probe =>
                    Assert.Equal(network.AddressAt(hop.TimeToLive, probe.Probe.Flow), probe.Answer!.Value.From));
            });
        }
    }

    private static SimulatedHop[] RandomPath(Random random, bool isV6)
    {
        int length = random.Next(1, 25);
        bool isTargetSilent = random.Next(8) == 0;
        int translator = random.Next(3) == 0 ? random.Next(length) : -1;
        return
        [
            .. Enumerable.Range(1, length).Select(hop => new SimulatedHop(hop == length ? [SimulatedTrace.Target(isV6)] : RandomAddresses(random, hop, isV6))
            {
                IsSilent = hop == length ? isTargetSilent : random.Next(7) == 0,
                Delay = random.NextInt64(100 * Span.Microsecond, 20 * Span.Millisecond),

                // RFC 792 has eight bytes quoted; ICMPv6 always quotes more than our probes have.
                Quotes = !isV6 && random.Next(3) == 0 ? 8 : 500,
                Label = hop < length && random.Next(5) == 0 ? (uint)(16_000 + hop) : 0,
                Translates = hop - 1 == translator,
            }),
        ];
    }

    private static PeerAddress[] RandomAddresses(Random random, int hop, bool isV6) =>
        [.. Enumerable.Range(1, random.Next(1, 4)).Select(router => SimulatedTrace.Address(isV6 ? $"2001:db8:{hop}::{router}" : $"10.0.{hop}.{router}"))];

    private static uint LabelAt(SimulatedHop[] path, int timeToLive, in Answer answer) => answer.Kind == AnswerKind.TimeExceeded ? path[timeToLive - 1].Label : 0;

    private static void AssertTranslated(SimulatedHop[] path, Hop hop, ProbeProtocol protocol, string where)
    {
        int translator = Array.FindIndex(path, at => at.Translates);
        bool shows = protocol == ProbeProtocol.Udp && translator >= 0 && hop.TimeToLive - 1 > translator;
        Assert.True(hop.Answers.All(answer => answer.IsTranslated == shows || protocol == ProbeProtocol.Tcp), where);
    }
}
