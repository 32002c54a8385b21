using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Sends whole packets and reads whatever ICMP and TCP the machine gets. It needs CAP_NET_RAW.</summary>
internal sealed class RawProber : IProber
{
    private readonly ProbeIdentity _identity;
    private readonly ProbeWriter _writer;
    private readonly AnswerReader _reader;
    private readonly ProbeSocket _sender;
    private readonly ProbeSocket _icmp;
    private readonly ProbeSocket? _tcp;
    private readonly ProbeSocket[] _receivers;
    private readonly byte[] _packet;
    private readonly byte[] _buffer = new byte[Ipv4Header.LargestPacket];

    /// <exception cref="Transport.TransportException">The right is missing.</exception>
    public RawProber(ProbeIdentity identity, ProbeWriter writer, string? interfaceName)
    {
        (_identity, _writer, _reader) = (identity, writer, new AnswerReader(identity, writer));
        _packet = new byte[Ipv4Header.LargestPacket];
        _sender = ProbeSocket.Open(ProbeSocketKind.Packet, identity.IsV6);
        _sender.IgnorePathMtu();
        _icmp = ProbeSocket.Open(ProbeSocketKind.RawIcmp, identity.IsV6);
        _tcp = identity.Protocol == ProbeProtocol.Tcp ? ProbeSocket.Open(ProbeSocketKind.RawTcp, identity.IsV6) : null;
        _icmp.Attach(AnswerFilter.OfIcmp(identity));
        _tcp?.Attach(AnswerFilter.OfTcp(identity));
        _receivers = _tcp is null ? [_icmp] : [_icmp, _tcp];
        if (interfaceName is not null)
        {
            _sender.BindToInterface(interfaceName);
        }
    }

    /// <inheritdoc/>
    public int Untold => 0;

    public void Dispose()
    {
        _sender.Dispose();
        _icmp.Dispose();
        _tcp?.Dispose();
    }

    /// <inheritdoc/>
    public int Send(in Probe probe, out long at)
    {
        int size = _writer.WritePacket(probe, _packet);
        return _sender.Send(_packet.AsSpan(0, size), out at, _identity.Target);
    }

    /// <inheritdoc/>
    public bool TryReceive(out Answer answer)
    {
        while (_icmp.TryReceive(_buffer, out Received received))
        {
            if (TryPayload(received, out ReadOnlySpan<byte> message) && _reader.TryReadIcmp(received.From, received.TimeToLive, message, received.At, out answer))
            {
                return true;
            }
        }

        while (_tcp is not null && _tcp.TryReceive(_buffer, out Received received))
        {
            if (TryPayload(received, out ReadOnlySpan<byte> segment) && _reader.TryReadTcp(received.From, received.TimeToLive, segment, received.At, out answer))
            {
                return true;
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(long nanoseconds) => ProbeSockets.Wait(_receivers, forConnections: false, nanoseconds);

    // raw(7), ipv6(7): IPv4's header is given, IPv6's is not.
    private bool TryPayload(in Received received, out ReadOnlySpan<byte> payload)
    {
        payload = _buffer.AsSpan(0, received.Length);
        return _identity.IsV6 || Ipv4Header.TryRead(payload, out _, out payload);
    }
}
