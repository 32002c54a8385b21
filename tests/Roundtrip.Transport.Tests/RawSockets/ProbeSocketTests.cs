using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Transport.Tests.RawSockets;

public class ProbeSocketTests
{
    private readonly byte[] _buffer = new byte[256];

    [Theory]
    [InlineData("127.0.0.1", 3, 3)]
    [InlineData("::1", 1, 4)]
    public void A_closed_port_answers_by_the_error_queue_with_what_was_sent_and_when(string target, byte type, byte code)
    {
        var address = PeerAddress.From(IPAddress.Parse(target), 1);
        using var socket = ProbeSocket.Open(ProbeSocketKind.Datagram, !address.IsIPv4);
        Assert.Equal(0, socket.Connect(address, out _));

        Assert.Equal(0, socket.Send([1, 2, 3], out long at));
        ProbeSockets.Wait([socket], forConnections: false, 5_000_000_000);

        Assert.True(socket.TryReceiveError(_buffer, out Received received));
        Assert.Equal((3, address.WithoutPort(), type, code), (received.Length, received.From, received.Type, received.Code));
        Assert.Equal([1, 2, 3], _buffer[..3]);
        Assert.InRange(received.At, at - 1_000_000, MonotonicClock.Now);
        Assert.InRange(received.TimeToLive, 1, 255);
        Assert.False(socket.TryReceiveError(_buffer, out _));
    }

    [Fact]
    public void What_arrives_is_received_with_its_sender_and_TTL()
    {
        using var socket = ProbeSocket.Open(ProbeSocketKind.Datagram, isV6: false);
        socket.Bind(PeerAddress.From(IPAddress.Loopback, 0));
        using var other = ProbeSocket.Open(ProbeSocketKind.Datagram, isV6: false);
        other.SetTimeToLive(7);

        Assert.False(socket.TryReceive(_buffer, out _));
        Assert.Equal(0, other.Send([9], out _, socket.Local));
        ProbeSockets.Wait([socket], forConnections: false, 5_000_000_000);

        Assert.True(socket.TryReceive(_buffer, out Received received));
        Assert.Equal((1, 7, PeerAddress.From(IPAddress.Loopback, 0)), (received.Length, received.TimeToLive, received.From));
    }

    [Fact]
    public void A_connection_that_is_begun_is_established_or_closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.Equal(ConnectionState.Established, StateOf((ushort)((IPEndPoint)listener.LocalEndpoint).Port, out long roundTrip));
        Assert.InRange(roundTrip, 1, 1_000_000_000);
        Assert.Equal(ConnectionState.Closed, StateOf(1, out _));
    }

    [Fact]
    public void An_address_that_is_not_this_machines_cannot_be_bound()
    {
        using var socket = ProbeSocket.Open(ProbeSocketKind.Datagram, isV6: false);

        TransportException fault = Assert.Throws<TransportException>(() => socket.Bind(PeerAddress.From(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.False(fault.IsRightMissing);
    }

    private static ConnectionState StateOf(ushort port, out long roundTrip)
    {
        using var socket = ProbeSocket.Open(ProbeSocketKind.Stream, isV6: false);
        socket.ResetOnClose();
        Assert.InRange(socket.Connect(PeerAddress.From(IPAddress.Loopback, port), out _), 0, 111);
        ProbeSockets.Wait([socket], forConnections: true, 5_000_000_000);
        roundTrip = socket.MeasuredRoundTrip;
        return socket.State;
    }
}
