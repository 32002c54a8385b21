using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tests;

/// <summary>What the kernel lets through to a trace's raw sockets, on this machine alone. Needs root, as they do, and that no other test traces meanwhile.</summary>
[Collection(nameof(AnswerFilterTests))]
[CollectionDefinition(nameof(AnswerFilterTests), DisableParallelization = true)]
public class AnswerFilterTests
{
    private const ushort Identifier = 50_000;
    private const ushort Port = 33434;

    private readonly byte[] _buffer = new byte[2048];

    [Theory]
    [InlineData("127.66.0.1", "127.66.0.2")]
    [InlineData("::1", "::1%other")]
    public void Errors_about_packets_to_the_target_pass_and_others_do_not(string target, string other)
    {
        ProbeIdentity identity = Identity(ProbeProtocol.Udp, target);
        using ProbeSocket? socket = Open(ProbeSocketKind.RawIcmp, identity, AnswerFilter.OfIcmp(identity));
        if (socket is null)
        {
            return;
        }

        if (other == "127.66.0.2")
        {
            SendToClosedPort(other);
        }

        SendEcho(target, Identifier);
        SendToClosedPort(target);

        Assert.Equal([target], Take(socket).Select(message => message.From));
    }

    [Theory]
    [InlineData("127.66.0.3", IcmpType.EchoReply)]
    [InlineData("::1", IcmpV6Type.EchoReply)]
    public void Echo_replies_pass_with_the_traces_identifier_alone(string target, byte type)
    {
        ProbeIdentity identity = Identity(ProbeProtocol.Icmp, target);
        using ProbeSocket? socket = Open(ProbeSocketKind.RawIcmp, identity, AnswerFilter.OfIcmp(identity));
        if (socket is null)
        {
            return;
        }

        SendEcho(target, Identifier + 1);
        SendEcho(target, Identifier);
        SendEcho(target, 1);

        (string _, byte[] packet) = Assert.Single(Take(socket));
        byte[] message = identity.IsV6 ? packet : packet[20..];
        Assert.Equal((type, Identifier), (message[0], (ushort)((message[4] << 8) | message[5])));
    }

    [Theory]
    [InlineData("127.66.0.4")]
    [InlineData("::1")]
    public void A_SYNs_answer_passes_and_other_ports_segments_do_not(string target)
    {
        ProbeIdentity identity = Identity(ProbeProtocol.Tcp, target);
        using ProbeSocket? socket = Open(ProbeSocketKind.RawTcp, identity, AnswerFilter.OfTcp(identity));
        if (socket is null)
        {
            return;
        }

        var address = IPAddress.Parse(target);
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => client.Connect(address, Port));

        List<(string From, byte[] Message)> taken = Take(socket);
        Assert.Contains(taken, message => message.Message[identity.IsV6 ? 13 : 33] == (byte)(TcpFlags.Rst | TcpFlags.Ack));
        Assert.All(taken, message => Assert.Equal(target, message.From));

        // IPv6's socket sees no addresses, but ports.
        Assert.True(!identity.IsV6 || taken.TrueForAll(message => ((message.Message[0] << 8) | message.Message[1]) == Port));
    }

    private static ProbeIdentity Identity(ProbeProtocol protocol, string target)
    {
        var address = PeerAddress.From(IPAddress.Parse(target), 0);
        return new ProbeIdentity(protocol, address, address, Identifier, Port, 7);
    }

    private static ProbeSocket? Open(ProbeSocketKind kind, ProbeIdentity identity, FilterInstruction[] filter)
    {
        try
        {
            var socket = ProbeSocket.Open(kind, identity.IsV6);
            socket.Attach(filter);
            return socket;
        }
        catch (Transport.TransportException fault) when (fault.IsRightMissing)
        {
            Assert.Skip("needs CAP_NET_RAW");
            return null;
        }
    }

    private List<(string From, byte[] Message)> Take(ProbeSocket socket)
    {
        var taken = new List<(string, byte[])>();
        for (int i = 0; i < 20; i++)
        {
            ProbeSockets.Wait([socket], forConnections: false, 10_000_000);
            while (socket.TryReceive(_buffer, out Received received))
            {
                taken.Add((received.From.ToIPAddress().ToString(), _buffer[..received.Length]));
            }
        }

        return taken;
    }

    private static void SendToClosedPort(string target)
    {
        using var socket = ProbeSocket.Open(ProbeSocketKind.Datagram, target.Contains(':', StringComparison.Ordinal));
        Assert.Equal(0, socket.Send(new byte[20], out _, PeerAddress.From(IPAddress.Parse(target), 1)));
    }

    private static void SendEcho(string target, int identifier)
    {
        var address = PeerAddress.From(IPAddress.Parse(target), 0);
        using var socket = ProbeSocket.Open(ProbeSocketKind.RawIcmp, !address.IsIPv4);
        byte[] echo = new byte[16];
        IcmpHeader.Echo(address.IsIPv4 ? IcmpType.EchoRequest : IcmpV6Type.EchoRequest, (ushort)identifier, 1).Write(echo, IcmpHeader.PseudoHeader(address, address, echo.Length));
        Assert.Equal(0, socket.Send(echo, out _, address));
    }
}
