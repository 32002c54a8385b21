using System.Net;
using Roundtrip.Core;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Trace.Tests.Simulation;

/// <summary>A driver in virtual time: an engine's probes become packets, and what the network gives back is read as raw sockets would give it.</summary>
internal sealed class SimulatedTrace
{
    private readonly ProbeWriter _writer;
    private readonly AnswerReader _reader;

    public SimulatedTrace(ProbeProtocol protocol, bool isV6, Random random)
    {
        Identity = new ProbeIdentity(protocol, Client(isV6), Target(isV6), 40_000, protocol == ProbeProtocol.Tcp ? (ushort)443 : (ushort)33434, random.NextSecret());
        _writer = new ProbeWriter(Identity);
        _reader = new AnswerReader(Identity, _writer);
    }

    public ProbeIdentity Identity { get; }

    public long Now { get; private set; } = 1_000 * Span.Second;

    /// <summary>As an ordinary user sees it: the kernel does not give the quoted header.</summary>
    public bool HidesQuotedTimeToLive { get; init; }

    public int Refused { get; private set; }

    public List<TraceEvent> Events { get; } = [];

    public static PeerAddress Client(bool isV6) => Address(isV6 ? "2001:db8::1" : "192.0.2.1");

    public static PeerAddress Target(bool isV6) => Address(isV6 ? "2001:db8:ffff::7" : "198.51.100.7");

    public static PeerAddress Address(string text) => PeerAddress.From(IPAddress.Parse(text), 0);

    public byte[] Packet(in Probe probe)
    {
        byte[] packet = new byte[_writer.PacketSizeOf(probe)];
        _writer.WritePacket(probe, packet);
        return packet;
    }

    /// <returns>The time that it took, in nanoseconds.</returns>
    public long Run(ITraceEngine engine, SimulatedNetwork network, Action<byte[], long>? onSent = null)
    {
        long begun = Now;
        for (int turn = 0; !engine.IsEnded; turn++)
        {
            Assert.True(turn < 100_000, "the trace does not end");
            while (engine.TryNextProbe(Now, out Probe probe))
            {
                byte[] packet = Packet(probe);
                engine.Sent(probe, Now);
                network.Send(packet, probe.Flow, Now);
                onSent?.Invoke(packet, Now);
            }

            while (engine.TryReadEvent(out TraceEvent happened))
            {
                Events.Add(happened);
            }

            if (engine.IsEnded)
            {
                break;
            }

            long next = Math.Min(engine.NextDeadline, network.NextArrival);
            Assert.NotEqual(Deadline.None, next);
            Now = Math.Max(Now, next);
            while (network.NextArrival <= Now)
            {
                Deliver(engine, network.Receive());
            }
        }

        return Now - begun;
    }

    private void Deliver(ITraceEngine engine, in SimulatedNetwork.Arrival arrival)
    {
        bool isOurs = arrival.IsTcp
            ? _reader.TryReadTcp(arrival.From, arrival.TimeToLive, arrival.Message, arrival.At, out Answer answer)
            : _reader.TryReadIcmp(arrival.From, arrival.TimeToLive, arrival.Message, arrival.At, out answer);
        if (!isOurs || !engine.Receive(HidesQuotedTimeToLive ? answer with { QuotedTimeToLive = 0 } : answer))
        {
            Refused++;
        }
    }
}
