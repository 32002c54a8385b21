using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Trace.Tests.Simulation;

/// <summary>A path of routers that takes packets as they would be on the wire and answers as routers do, in virtual time.</summary>
internal sealed class SimulatedNetwork(SimulatedHop[] path, Random random)
{
    private readonly PriorityQueue<Arrival, long> _arrivals = new();
    private readonly Dictionary<PeerAddress, (double Tokens, long At)> _limits = [];

    public readonly record struct Arrival(PeerAddress From, byte TimeToLive, bool IsTcp, byte[] Message, long At);

    /// <summary>The part of packets that each link loses, either way.</summary>
    public double Loss { get; init; }

    /// <summary>The part of answers that come twice.</summary>
    public double Duplicates { get; init; }

    /// <summary>Up to so much more a packet takes, so that some overtake others.</summary>
    public long Jitter { get; init; }

    /// <summary>From which hop on packets go in a circle, and of how many hops; 0 for none.</summary>
    public (int First, int Length) Loop { get; init; }

    /// <summary>Which of a hop's routers a flow goes through: the hop, the flow, and the number of its address. By the flow's number alone unless said.</summary>
    public Func<int, ushort, int>? Way { get; init; }

    /// <summary>Routers that never answer.</summary>
    public IReadOnlySet<PeerAddress> Silent { get; init; } = new HashSet<PeerAddress>();

    /// <summary>Hops that the way back is longer than the way there.</summary>
    public int Detour { get; init; }

    /// <summary>The routers that packets go through from now on.</summary>
    public SimulatedHop[] Path { get; set; } = path;

    /// <summary>Answers that a limit held back.</summary>
    public int Limited { get; private set; }

    public long NextArrival => _arrivals.TryPeek(out _, out long at) ? at : Deadline.None;

    public Arrival Receive() => _arrivals.Dequeue();

    /// <summary>What somebody else sends to us.</summary>
    public void Inject(Arrival arrival) => _arrivals.Enqueue(arrival, arrival.At);

    public PeerAddress AddressAt(int timeToLive, ushort flow) => At(timeToLive).Addresses[Way?.Invoke(Place(timeToLive) + 1, flow) ?? flow % At(timeToLive).Addresses.Length];

    public void Send(byte[] packet, ushort flow, long now)
    {
        bool isV6 = packet[0] >> 4 == 6;
        byte timeToLive = isV6 ? packet[7] : packet[8];
        long delay = 0;
        bool isTranslated = false;
        for (int hop = 1; ; hop++)
        {
            SimulatedHop at = At(hop);
            delay += at.Delay;
            if (random.NextDouble() < Loss || random.NextDouble() < Loss)
            {
                return;
            }

            bool isTarget = hop == Path.Length && Loop.Length == 0;
            if (!isTarget && timeToLive == hop)
            {
                AnswerError(at, hop, flow, packet, isV6, isV6 ? IcmpV6Type.TimeExceeded : IcmpType.TimeExceeded, 0, 1, isTranslated, now + delay);
                return;
            }

            if (at.Refuses is { } refusal)
            {
                AnswerError(at, hop, flow, packet, isV6, refusal.Type, refusal.Code, (byte)(timeToLive - hop), isTranslated, now + delay);
                return;
            }

            if (isTarget)
            {
                AnswerAsTarget(at, hop, flow, packet, isV6, (byte)(timeToLive - hop + 1), isTranslated, now + delay);
                return;
            }

            if (packet.Length > at.Mtu)
            {
                if (at.SaysMtu != -1)
                {
                    (byte type, byte code) = isV6 ? (IcmpV6Type.PacketTooBig, (byte)0) : (IcmpType.DestinationUnreachable, (byte)4);
                    AnswerError(at, hop, flow, packet, isV6, type, code, (byte)(timeToLive - hop + 1), isTranslated, now + delay, (uint)(at.SaysMtu ?? at.Mtu));
                }

                return;
            }

            isTranslated |= at.Translates;
        }
    }

    private SimulatedHop At(int hop) => Path[Place(hop)];

    private int Place(int hop) => Loop.Length > 0 && hop >= Loop.First ? Loop.First - 1 + (hop - Loop.First) % Loop.Length : hop - 1;

    private void AnswerAsTarget(SimulatedHop at, int hop, ushort flow, byte[] packet, bool isV6, byte left, bool isTranslated, long now)
    {
        ReadOnlySpan<byte> payload = packet.AsSpan(isV6 ? Ipv6Header.Size : Ipv4Header.Size);
        switch ((IpProtocol)(isV6 ? packet[6] : packet[9]))
        {
            case IpProtocol.Udp:
                AnswerError(at, hop, flow, packet, isV6, isV6 ? IcmpV6Type.DestinationUnreachable : IcmpType.DestinationUnreachable, isV6 ? (byte)4 : (byte)3, left, isTranslated, now);
                break;

            case IpProtocol.Tcp when !at.IsSilent && TcpHeader.TryRead(payload, out TcpHeader syn, out _):
                byte[] segment = new byte[TcpHeader.Size];
                TcpFlags flags = random.Next(2) == 0 ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Rst | TcpFlags.Ack;
                new TcpHeader(syn.DestinationPort, syn.SourcePort, 77, syn.Sequence + 1, flags, 0).Write(segment, at.Addresses[0], at.Addresses[0]);
                Deliver(at.Addresses[0], hop, true, segment, now);
                break;

            case IpProtocol.Icmp or IpProtocol.IcmpV6 when !at.IsSilent:
                byte[] reply = payload.ToArray();
                reply[0] = isV6 ? IcmpV6Type.EchoReply : IcmpType.EchoReply;
                Deliver(at.Addresses[0], hop, false, reply, now);
                break;
        }
    }

    private void AnswerError(SimulatedHop at, int hop, ushort flow, byte[] packet, bool isV6, byte type, byte code, byte left, bool isTranslated, long now, uint mtu = 0)
    {
        PeerAddress from = AddressAt(hop, flow);
        if (at.IsSilent || Silent.Contains(from) || !HasToken(from, at.Burst, now))
        {
            return;
        }

        Deliver(from, hop, false, Quote(at, packet, isV6, type, code, left, isTranslated, mtu), now);
    }

    /// <summary>An ICMP error that quotes a packet as it came.</summary>
    public static byte[] Quote(SimulatedHop at, byte[] packet, bool isV6, byte type, byte code, byte left, bool isTranslated, uint mtu = 0)
    {
        int ipSize = isV6 ? Ipv6Header.Size : Ipv4Header.Size;
        byte[] quoted = packet[..Math.Min(packet.Length, ipSize + at.Quotes)];
        quoted[isV6 ? 7 : 8] = left;
        if (isTranslated)
        {
            foreach (int checksumAt in (int[])[ipSize + 6, ipSize + 16])
            {
                quoted[Math.Min(checksumAt, quoted.Length - 1)] ^= (IpProtocol)packet[isV6 ? 6 : 9] == IpProtocol.Udp == (checksumAt == ipSize + 6) && checksumAt < quoted.Length ? (byte)0x55 : (byte)0;
            }
        }

        byte[] extensions = [];
        uint rest = mtu;
        if (at.Label > 0)
        {
            byte[] label = new byte[MplsLabel.Size];
            new MplsLabel(at.Label, 0, true, 1).Write(label);
            extensions = new byte[IcmpExtensions.HeaderSize * 2 + label.Length];
            IcmpExtensions.Write(extensions, MplsLabel.ObjectClass, MplsLabel.ObjectType, label);
            Array.Resize(ref quoted, 128);
            rest |= isV6 ? 16u << 24 : 32u << 16;
        }

        byte[] message = [.. new byte[IcmpHeader.Size], .. quoted, .. extensions];
        new IcmpHeader(type, code, rest).Write(message);
        return message;
    }

    private void Deliver(PeerAddress from, int hop, bool isTcp, byte[] message, long now)
    {
        for (int i = 0; i < hop; i++)
        {
            if (random.NextDouble() < Loss)
            {
                return;
            }
        }

        do
        {
            long at = now + random.NextInt64(Jitter + 1);
            _arrivals.Enqueue(new Arrival(from, (byte)(64 - hop + 1 - Detour), isTcp, message, at), at);
        }
        while (random.NextDouble() < Duplicates);
    }

    private bool HasToken(PeerAddress router, int burst, long now)
    {
        (double tokens, long at) = _limits.GetValueOrDefault(router, (burst, now));
        tokens = Math.Min(burst, tokens + (double)Math.Max(0, now - at) / Span.Second);
        bool has = tokens >= 1;
        Limited += has ? 0 : 1;
        _limits[router] = (has ? tokens - 1 : tokens, Math.Max(at, now));
        return has;
    }
}
