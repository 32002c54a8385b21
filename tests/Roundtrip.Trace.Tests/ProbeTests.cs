using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

/// <summary>What probes are on the wire, and which answers are theirs.</summary>
public class ProbeTests
{
    public static TheoryData<ProbeProtocol, bool> Kinds() => RandomNetworkTests.Kinds();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_load_balancers_hash_is_the_same_in_a_flow_and_another_in_each(ProbeProtocol protocol, bool isV6)
    {
        var trace = new SimulatedTrace(protocol, isV6, new Random(1));
        var flows = new HashSet<uint>();
        for (ushort flow = 0; flow < 50; flow++)
        {
            uint first = Hashed(trace.Packet(new Probe(1, 1, flow)), isV6);
            Assert.True(flows.Add(first));
            for (ushort id = 2; id < 500; id++)
            {
                Assert.Equal(first, Hashed(trace.Packet(new Probe(id, (byte)id, flow)), isV6));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_checksum_is_valid(ProbeProtocol protocol, bool isV6)
    {
        byte[] packet = new SimulatedTrace(protocol, isV6, new Random(1)).Packet(new Probe(77, 9, 3));
        int ipSize = isV6 ? Ipv6Header.Size : Ipv4Header.Size;
        IpProtocol carried = (IpProtocol)(isV6 ? packet[6] : packet[9]);
        ushort pseudoHeader = InternetChecksum.PseudoHeader(SimulatedTrace.Client(isV6), SimulatedTrace.Target(isV6), carried, packet.Length - ipSize);

        Assert.True(InternetChecksum.IsValid(packet.AsSpan(ipSize), carried == IpProtocol.Icmp ? (ushort)0 : pseudoHeader));
        Assert.True(isV6 || InternetChecksum.IsValid(packet.AsSpan(0, ipSize)));
    }

    [Fact]
    public void Each_probe_has_an_Identification_of_its_own_and_none_has_0()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var identity = Identity(ProbeProtocol.Udp, new Random(seed).NextSecret());
            var seen = new HashSet<ushort>();
            for (int id = 1; id <= ushort.MaxValue; id++)
            {
                ushort identification = identity.IdentificationOf((ushort)id);
                Assert.True(identification != 0 && seen.Add(identification));
                Assert.Equal(id, identity.IdOfIdentification(identification));
            }
        }
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1500, 1500)]
    [InlineData(0, 38)]
    public void A_packet_has_the_size_that_was_asked_for_or_the_least_that_it_can_have(int asked, int size) =>
        Assert.Equal(size, new ProbeWriter(Identity(ProbeProtocol.Udp, 1)) { Size = asked }.PacketSize);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_error_that_is_cut_short_anywhere_is_refused_or_read_as_the_whole(ProbeProtocol protocol, bool isV6)
    {
        var trace = new SimulatedTrace(protocol, isV6, new Random(1));
        var reader = new AnswerReader(trace.Identity, new ProbeWriter(trace.Identity));
        var probe = new Probe(321, 9, 4);
        byte[] message = SimulatedNetwork.Quote(new SimulatedHop([]), trace.Packet(probe), isV6, isV6 ? IcmpV6Type.TimeExceeded : IcmpType.TimeExceeded, 0, 1, false);
        int read = 0;
        for (int length = 0; length <= message.Length; length++)
        {
            if (reader.TryReadIcmp(SimulatedTrace.Client(isV6), 60, message.AsSpan(0, length).ToArray(), 5, out Answer answer))
            {
                read++;
                Assert.Equal((probe.Id, probe.Flow, AnswerKind.TimeExceeded, false), (answer.ProbeId, answer.Flow, answer.Kind, answer.IsTranslated));
            }
        }

        // IPv4's Identification tells a probe of which eight bytes are quoted, a sequence number one of TCP; the others need their token.
        int least = IcmpHeader.Size + (isV6 ? Ipv6Header.Size : Ipv4Header.Size) + UdpHeader.Size + (isV6 && protocol != ProbeProtocol.Tcp ? ProbeIdentity.TokenSize : 0);
        Assert.Equal(message.Length - least + 1, read);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_error_with_any_bit_of_its_quoted_identifiers_changed_is_refused_or_is_for_another_probe(ProbeProtocol protocol, bool isV6)
    {
        var trace = new SimulatedTrace(protocol, isV6, new Random(1));
        var reader = new AnswerReader(trace.Identity, new ProbeWriter(trace.Identity));
        var probe = new Probe(321, 9, 4);
        byte[] message = SimulatedNetwork.Quote(new SimulatedHop([]), trace.Packet(probe), isV6, isV6 ? IcmpV6Type.TimeExceeded : IcmpType.TimeExceeded, 0, 1, false);
        int ip = IcmpHeader.Size, carried = ip + (isV6 ? Ipv6Header.Size : Ipv4Header.Size);

        // Addresses, and ports, or what an echo has in their place but its checksum, and the token or the sequence number.
        int[] identifiers =
        [
            .. Enumerable.Range(carried - (isV6 ? 32 : 8), isV6 ? 32 : 8),
            .. Enumerable.Range(carried, protocol == ProbeProtocol.Icmp ? 1 : 4),
            .. Enumerable.Range(carried + (protocol == ProbeProtocol.Tcp ? 4 : UdpHeader.Size), protocol == ProbeProtocol.Tcp ? 4 : ProbeIdentity.TokenSize),
        ];
        foreach (int at in identifiers)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                message[at] ^= (byte)(1 << bit);
                bool isRead = reader.TryReadIcmp(SimulatedTrace.Client(isV6), 60, message, 5, out Answer answer);
                Assert.False(isRead && answer.ProbeId == probe.Id && answer.Flow == probe.Flow, $"byte {at}, bit {bit}");
                message[at] ^= (byte)(1 << bit);
            }
        }
    }

    [Fact]
    public void An_echo_reply_of_somebody_else_is_refused()
    {
        var identity = Identity(ProbeProtocol.Icmp, 0x1234_0000_0000_0000);
        var writer = new ProbeWriter(identity);
        var reader = new AnswerReader(identity, writer);
        byte[] reply = new byte[writer.PayloadSize];
        writer.WriteEcho(new Probe(5, 1, 2), reply);
        reply[0] = IcmpType.EchoReply;

        Assert.True(reader.TryReadIcmp(SimulatedTrace.Target(false), 60, reply, 0, out Answer answer));
        Assert.Equal((5, 2, AnswerKind.Reached), (answer.ProbeId, answer.Flow, answer.Kind));
        Assert.False(reader.TryReadIcmp(SimulatedTrace.Client(false), 60, reply, 0, out _));
        reply[7] ^= 1;
        Assert.False(reader.TryReadIcmp(SimulatedTrace.Target(false), 60, reply, 0, out _));
    }

    [Theory]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, true)]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack, true)]
    [InlineData(TcpFlags.Rst, false)]
    [InlineData(TcpFlags.Ack, false)]
    public void Only_a_segment_that_answers_a_SYN_is_an_answer(TcpFlags flags, bool isAnswer)
    {
        var identity = Identity(ProbeProtocol.Tcp, (UInt128)0xfff0_0000 << 64);
        var reader = new AnswerReader(identity, new ProbeWriter(identity));
        byte[] segment = new byte[TcpHeader.Size];
        new TcpHeader(identity.TargetPort, identity.SourcePortOf(3), 9, identity.Sequence + 5 + 1, flags, 0).Write(segment, SimulatedTrace.Target(false), SimulatedTrace.Client(false));

        Assert.Equal(isAnswer, reader.TryReadTcp(SimulatedTrace.Target(false), 60, segment, 0, out Answer answer));
        Assert.Equal(isAnswer ? (5, 3) : (0, 0), (answer.ProbeId, answer.Flow));
        Assert.False(reader.TryReadTcp(SimulatedTrace.Client(false), 60, segment, 0, out _));
    }

    private static ProbeIdentity Identity(ProbeProtocol protocol, UInt128 secret) =>
        new(protocol, SimulatedTrace.Client(false), SimulatedTrace.Target(false), 40_000, 33434, secret);

    private static uint Hashed(byte[] packet, bool isV6) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(isV6 ? Ipv6Header.Size : Ipv4Header.Size));
}
