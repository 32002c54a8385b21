using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;
using static Roundtrip.Transport.RawSockets.FilterInstruction;

namespace Roundtrip.Tools.Tracing;

/// <summary>
/// What of all ICMP and TCP that a machine gets may be an answer to a trace: a raw socket without it wakes the tracer for each packet of a busy host, and loses answers when its buffer is full of
/// them. What passes is read as carefully as before.
/// </summary>
internal static class AnswerFilter
{
    /// <summary>ICMP: errors about packets to the target, and echo replies with the trace's identifier. A raw socket of IPv4 gets the IP header too, one of IPv6 does not.</summary>
    public static FilterInstruction[] OfIcmp(ProbeIdentity identity)
    {
        bool isV6 = identity.IsV6;
        ushort fromMessage = isV6 ? (ushort)0 : FromIndex;
        byte[] errors = isV6
            ? [IcmpV6Type.DestinationUnreachable, IcmpV6Type.PacketTooBig, IcmpV6Type.TimeExceeded, IcmpV6Type.ParameterProblem]
            : [IcmpType.DestinationUnreachable, IcmpType.TimeExceeded];

        // RFC 791 section 3.1 and RFC 8200 section 3: where the quoted header has its destination.
        int destinationAt = IcmpHeader.Size + (isV6 ? 24 : 16);
        uint[] destination = Words(identity);
        var filter = new List<FilterInstruction>();
        if (!isV6)
        {
            filter.Add(new(IndexBehindHeader, 0, 0, 0));
        }

        filter.Add(new((ushort)(LoadByte + fromMessage), 0, 0, 0));

        // An error goes to the comparison of the destination, an echo reply to that of the identifier, behind it.
        int comparisons = 2 * destination.Length + 1;
        for (int i = 0; i < errors.Length; i++)
        {
            filter.Add(new(IfEqual, (byte)(errors.Length - i), 0, errors[i]));
        }

        bool hasReplies = identity.Protocol == ProbeProtocol.Icmp;
        filter.Add(new(IfEqual, (byte)comparisons, (byte)(comparisons + 3), hasReplies ? (isV6 ? IcmpV6Type.EchoReply : IcmpType.EchoReply) : uint.MaxValue));
        for (int i = 0; i < destination.Length; i++)
        {
            filter.Add(new((ushort)(LoadWord + fromMessage), 0, 0, (uint)(destinationAt + 4 * i)));
            filter.Add(new(IfEqual, 0, (byte)(2 * (destination.Length - 1 - i) + 4), destination[i]));
        }

        filter.Add(new(Return, 0, 0, uint.MaxValue));
        filter.Add(new((ushort)(LoadHalf + fromMessage), 0, 0, 4));
        filter.Add(new(IfEqual, 0, 1, identity.Port));
        filter.Add(new(Return, 0, 0, uint.MaxValue));
        filter.Add(new(Return, 0, 0, 0));
        return [.. filter];
    }

    /// <summary>TCP: what the target's port sends; of IPv4 what the target sends, whose header is there.</summary>
    public static FilterInstruction[] OfTcp(ProbeIdentity identity) => identity.IsV6
        ? [new(LoadHalf, 0, 0, 0), new(IfEqual, 0, 1, identity.TargetPort), new(Return, 0, 0, uint.MaxValue), new(Return, 0, 0, 0)]
        : [new(LoadWord, 0, 0, 12), new(IfEqual, 0, 1, Words(identity)[0]), new(Return, 0, 0, uint.MaxValue), new(Return, 0, 0, 0)];

    private static uint[] Words(ProbeIdentity identity)
    {
        UInt128 bits = identity.Target.Bits;
        return identity.IsV6 ? [(uint)(bits >> 96), (uint)(bits >> 64), (uint)(bits >> 32), (uint)bits] : [(uint)bits];
    }
}
