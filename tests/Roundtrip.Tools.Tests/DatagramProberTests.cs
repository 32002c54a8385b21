using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tests;

public class DatagramProberTests
{
    private static readonly PeerAddress Here = PeerAddress.From(IPAddress.Loopback, 0);
    private static readonly PeerAddress Router = PeerAddress.From(IPAddress.Parse("127.0.0.9"), 0);

    [Fact]
    public void A_hop_that_quotes_the_ports_alone_is_asked_from_a_port_of_its_own_and_then_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can answer in a router's place");

        // Takes the datagrams, so that nobody but the router answers.
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)target.LocalEndPoint!).Port;
        var identity = new ProbeIdentity(ProbeProtocol.Udp, Here, Here, 0, port, 0x1234_0000);
        using var prober = new DatagramProber(identity, new ProbeWriter(identity), new SocketChoice(null, null, 0, false));

        ushort first = Send(prober, target, 1);
        Answer(first, port);
        prober.Wait(5_000_000_000);
        Assert.False(prober.TryReceive(out _));
        Assert.Equal(1, prober.Untold);

        ushort second = Send(prober, target, 2);
        Assert.NotEqual(first, second);
        Answer(second, port);
        prober.Wait(5_000_000_000);
        Assert.True(prober.TryReceive(out Answer told));
        Assert.Equal((2, Router, AnswerKind.TimeExceeded), (told.ProbeId, told.From, told.Kind));
    }

    /// <returns>The port that it was sent from.</returns>
    private static ushort Send(DatagramProber prober, Socket target, ushort id)
    {
        Assert.Equal(0, prober.Send(new Probe(id, 3, 0), out _));
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        target.ReceiveFrom(new byte[100], ref from);
        return (ushort)((IPEndPoint)from).Port;
    }

    /// <summary>Time Exceeded with the IP header and eight bytes behind it (RFC 792).</summary>
    private static void Answer(ushort sourcePort, ushort targetPort)
    {
        byte[] packet = new byte[Ipv4Header.Size + IcmpHeader.Size + Ipv4Header.Size + UdpHeader.Size];
        new Ipv4Header(Router, Here, IpProtocol.Icmp, 64, 1).Write(packet, packet.Length - Ipv4Header.Size);
        Span<byte> message = packet.AsSpan(Ipv4Header.Size);
        Span<byte> quoted = message[IcmpHeader.Size..];
        new Ipv4Header(Here, Here, IpProtocol.Udp, 1, 7).Write(quoted, UdpHeader.Size + 32);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[Ipv4Header.Size..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[(Ipv4Header.Size + 2)..], targetPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[(Ipv4Header.Size + 4)..], UdpHeader.Size + 32);
        new IcmpHeader(IcmpType.TimeExceeded, 0, 0).Write(message);
        using var socket = ProbeSocket.Open(ProbeSocketKind.Packet, isV6: false);
        Assert.Equal(0, socket.Send(packet, out _, Here));
    }
}
