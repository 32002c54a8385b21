using System.Security.Cryptography;
using Roundtrip.Core;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Chooses how a trace's probes are sent: raw where that is allowed, else as an ordinary user may.</summary>
internal static class Probers
{
    private const ushort UdpPort = 33434;
    private const ushort TcpPort = 80;

    // Dynamic ports (RFC 6335 section 6), with room for the flows above.
    private const int LeastPort = 49152;
    private const int GreatestPort = 60000;

    /// <summary>The address that packets to the target come from.</summary>
    /// <exception cref="TraceException">There is no way there, or the source that was asked for is none of this machine.</exception>
    public static PeerAddress SourceOf(TraceRequest request)
    {
        using ProbeSocket socket = new SocketChoice(request.Source, request.Interface, 0, false).Open(ProbeSocketKind.Datagram, !request.Target.IsIPv4);
        int errno = socket.Connect(request.Target.WithPort(request.Port ?? UdpPort), out _);
        return errno == 0 ? socket.Local.WithoutPort() : throw new TraceException(SendErrors.Describe(errno, request));
    }

    /// <exception cref="TraceException">A right is missing.</exception>
    public static IProber Open(TraceRequest request, PeerAddress source, out bool isRaw)
    {
        ushort port = (ushort)RandomNumberGenerator.GetInt32(LeastPort, GreatestPort);
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        var identity = new ProbeIdentity(
            request.Protocol,
            source,
            request.Target,
            port,
            request.Port ?? (request.Protocol == ProbeProtocol.Tcp ? TcpPort : UdpPort),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(secret))
        {
            VariesTargetPort = request.Options.VariesFlow && request.Protocol == ProbeProtocol.Udp,
        };
        var writer = new ProbeWriter(identity) { Size = request.PacketSize, TrafficClass = (byte)(request.Dscp << 2), DontFragment = request.IsUnfragmented };
        try
        {
            isRaw = true;
            return new RawProber(identity, writer, request.Interface);
        }
        catch (TransportException fault) when (fault.IsRightMissing)
        {
            isRaw = false;
        }

        var choice = new SocketChoice(request.Source, request.Interface, writer.TrafficClass, request.IsUnfragmented);
        try
        {
            return request.Protocol switch
            {
                ProbeProtocol.Udp => new DatagramProber(identity, writer, choice) { KeepsFlows = request.KeepsFlows },
                ProbeProtocol.Tcp => new ConnectProber(identity, choice),
                _ => new PingProber(identity, writer, choice),
            };
        }
        catch (TransportException fault) when (fault.IsRightMissing && request.Protocol == ProbeProtocol.Icmp)
        {
            throw new TraceException("echo requests are not allowed to this user; as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'", fault) { IsRightMissing = true };
        }
    }
}
