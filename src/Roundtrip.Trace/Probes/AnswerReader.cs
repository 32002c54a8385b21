using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Trace.Probes;

/// <summary>Reads what raw sockets receive, and refuses what does not quote a probe of this trace with all that the message had room for.</summary>
/// <param name="writer">Has written the probes: what is quoted is held against what it writes again.</param>
public sealed class AnswerReader(ProbeIdentity identity, ProbeWriter writer)
{
    private readonly byte[] _sent = new byte[Ipv4Header.LargestPacket];

    /// <summary>An ICMP message.</summary>
    /// <param name="timeToLive">Of the packet that it came in; 0 where it is not known.</param>
    /// <returns>False if it is no answer to this trace.</returns>
    public bool TryReadIcmp(PeerAddress from, byte timeToLive, ReadOnlySpan<byte> message, long at, out Answer answer)
    {
        answer = default;
        if (!IcmpHeader.TryRead(message, out IcmpHeader header, out ReadOnlySpan<byte> body))
        {
            return false;
        }

        if (header.Type == (identity.IsV6 ? IcmpV6Type.EchoReply : IcmpType.EchoReply))
        {
            bool isOurs = identity.Protocol == ProbeProtocol.Icmp && header.Identifier == identity.Port && IsTarget(from)
                && identity.TryReadData(body, out ushort echoed) && echoed == header.Sequence;
            answer = isOurs ? new(header.Sequence, identity.FlowOfEcho(body), from, AnswerKind.Reached, at) { TimeToLive = timeToLive } : default;
            return isOurs;
        }

        AnswerKind kind = AnswerKinds.OfError(identity.IsV6, header.Type, header.Code);
        var quote = IcmpQuote.Read(header, body, identity.IsV6);
        if (kind == AnswerKind.None || !TryReadQuote(quote.Packet, out Quoted quoted))
        {
            return false;
        }

        MplsLabel[] labels = MplsLabel.ReadStack(quote.Extensions);
        answer = new Answer(quoted.Id, quoted.Flow, from, kind, at)
        {
            Code = header.Code,
            Mtu = kind == AnswerKind.TooBig ? MtuOf(header) : 0,
            TimeToLive = timeToLive,
            QuotedTimeToLive = quoted.TimeToLive,
            Labels = labels.Length > 0 ? labels : null,
            IsTranslated = IsTranslated(quoted, quote.Packet),
        };
        return true;
    }

    /// <summary>A TCP segment: the target's answer to a SYN.</summary>
    /// <inheritdoc cref="TryReadIcmp"/>
    public bool TryReadTcp(PeerAddress from, byte timeToLive, ReadOnlySpan<byte> segment, long at, out Answer answer)
    {
        answer = default;
        if (identity.Protocol != ProbeProtocol.Tcp || !IsTarget(from) || !TcpHeader.TryRead(segment, out TcpHeader header, out _)
            || !identity.TryFlow(header.DestinationPort, header.SourcePort, out ushort flow))
        {
            return false;
        }

        // RFC 9293 section 3.10.7: both answers to a SYN acknowledge it.
        uint id = header.Acknowledgment - 1 - identity.Sequence;
        bool isAnswer = (header.Flags & TcpFlags.Ack) != 0 && (header.Flags & (TcpFlags.Syn | TcpFlags.Rst)) != 0 && id is > 0 and <= ushort.MaxValue;
        answer = isAnswer ? new((ushort)id, flow, from, AnswerKind.Reached, at) { TimeToLive = timeToLive } : default;
        return isAnswer;
    }

    // RFC 1191 section 4: the lower half. RFC 4443 section 3.2: all of it.
    private int MtuOf(in IcmpHeader header) => identity.IsV6 ? (int)Math.Min(header.Rest, int.MaxValue) : (int)(header.Rest & 0xffff);

    private bool IsTarget(PeerAddress address) => address.Bits == identity.Target.Bits;

    private bool TryReadQuote(ReadOnlySpan<byte> packet, out Quoted quoted)
    {
        quoted = default;
        if (identity.IsV6)
        {
            return Ipv6Header.TryRead(packet, out Ipv6Header v6, out ReadOnlySpan<byte> carried)
                && IsBetweenUs(v6.Source, v6.Destination)
                && TryReadPayload(v6.Protocol, carried, null, SizeOf(Ipv6Header.Size + v6.PayloadLength), out quoted)
                && Complete(ref quoted, v6.HopLimit);
        }

        return Ipv4Header.TryRead(packet, out Ipv4Header v4, out ReadOnlySpan<byte> payload)
            && v4.FragmentOffset == 0
            && IsBetweenUs(v4.Source, v4.Destination)
            && TryReadPayload(v4.Protocol, payload, identity.IdOfIdentification(v4.Identification), SizeOf(v4.TotalLength), out quoted)
            && Complete(ref quoted, v4.TimeToLive);
    }

    // What a packet's own header says of its size; 0, as usual, where no probe has that.
    private ushort SizeOf(int bytes) => bytes >= ProbeWriter.LeastSize(identity.IsV6) && bytes <= Ipv4Header.LargestPacket ? (ushort)bytes : (ushort)0;

    private static bool Complete(ref Quoted quoted, byte timeToLive)
    {
        quoted = quoted with { TimeToLive = timeToLive };
        return true;
    }

    private bool IsBetweenUs(PeerAddress source, PeerAddress destination) => IsTarget(destination) && source.Bits == identity.Source.Bits;

    /// <param name="idOfHeader">What IPv4's Identification tells. A middlebox may have changed it, so it counts only where the data were not quoted.</param>
    private bool TryReadPayload(IpProtocol protocol, ReadOnlySpan<byte> payload, ushort? idOfHeader, ushort size, out Quoted quoted)
    {
        quoted = default;
        switch (protocol)
        {
            case IpProtocol.Udp when identity.Protocol == ProbeProtocol.Udp:
                if (!UdpHeader.TryRead(payload, out UdpHeader udp, out ReadOnlySpan<byte> data) || !identity.TryFlow(udp.SourcePort, udp.DestinationPort, out ushort flow))
                {
                    return false;
                }

                quoted = new Quoted(idOfHeader ?? 0, flow, 0, SizeOf(writer.IpSize + udp.Length));
                return TryTellByData(data, idOfHeader, ref quoted);

            case IpProtocol.Tcp when identity.Protocol == ProbeProtocol.Tcp:
                if (!TcpHeader.TryReadQuoted(payload, out TcpHeader tcp) || !identity.TryFlow(tcp.SourcePort, tcp.DestinationPort, out flow))
                {
                    return false;
                }

                uint id = tcp.Sequence - identity.Sequence;
                quoted = new Quoted((ushort)id, flow, 0, 0);
                return id is > 0 and <= ushort.MaxValue;

            case IpProtocol.Icmp or IpProtocol.IcmpV6 when identity.Protocol == ProbeProtocol.Icmp:
                if (!IcmpHeader.TryRead(payload, out IcmpHeader echo, out data) || echo.Identifier != identity.Port
                    || echo.Type != (identity.IsV6 ? IcmpV6Type.EchoRequest : IcmpType.EchoRequest))
                {
                    return false;
                }

                quoted = new Quoted(echo.Sequence, FlowOfChecksum(echo, size), 0, size);
                return TryTellByData(data, idOfHeader, ref quoted) && quoted.Id == echo.Sequence;

            default:
                return false;
        }
    }

    /// <summary>Takes the number that the quoted data tell; where they were not quoted, that of the header.</summary>
    private bool TryTellByData(ReadOnlySpan<byte> data, ushort? idOfHeader, ref Quoted quoted)
    {
        // RFC 4884 section 3: before extensions a short quote is filled up with zeros, which a token is not.
        if (data.Length < ProbeIdentity.TokenSize || data[..ProbeIdentity.TokenSize].IndexOfAnyExcept((byte)0) < 0)
        {
            quoted = quoted with { Id = idOfHeader ?? 0 };
            return idOfHeader is not null;
        }

        bool isOurs = identity.TryReadData(data, out ushort id);
        quoted = quoted with { Id = id };
        return isOurs;
    }

    private ushort FlowOfChecksum(in IcmpHeader echo, ushort size)
    {
        var probe = new Probe(echo.Sequence, 0, 0) { Size = size };
        Span<byte> message = _sent.AsSpan(0, writer.PayloadSizeOf(probe));
        writer.WriteEcho(probe, message);

        // The sums of two flows differ by the flow's number: S - S0 is S + ~S0 in one's complement, and what was sent is ~S0 already. Nothing is minus zero.
        ushort flow = InternetChecksum.Add((ushort)~echo.Checksum, BinaryPrimitives.ReadUInt16BigEndian(message[2..]));
        return flow == 0xffff ? (ushort)0 : flow;
    }

    private bool IsTranslated(in Quoted quoted, ReadOnlySpan<byte> packet)
    {
        int checksumAt = identity.Protocol switch
        {
            ProbeProtocol.Udp => 6,
            ProbeProtocol.Tcp => 16,

            // An echo's checksum knows nothing of IPv4's addresses, and its identifier is translated back.
            _ => -1,
        };
        int at = (identity.IsV6 ? Ipv6Header.Size : (packet[0] & 0xf) * 4) + checksumAt;
        if (checksumAt < 0 || packet.Length < at + 2)
        {
            return false;
        }

        writer.WritePacket(new Probe(quoted.Id, 1, quoted.Flow) { Size = quoted.Size }, _sent);
        return !packet.Slice(at, 2).SequenceEqual(_sent.AsSpan(writer.IpSize + checksumAt, 2));
    }

    private readonly record struct Quoted(ushort Id, ushort Flow, byte TimeToLive, ushort Size);
}
