using Roundtrip.Packets;

namespace Roundtrip.Trace.Probes;

/// <summary>From ICMP's types and codes to what they say, and on to traceroute's marks.</summary>
public static class AnswerKinds
{
    // RFC 792 and RFC 1122 section 3.2.2.1 (6 to 12), RFC 1812 section 5.2.7.1 (13 to 15).
    private static readonly AnswerKind[] Codes =
    [
        AnswerKind.NetUnreachable, AnswerKind.HostUnreachable, AnswerKind.ProtocolUnreachable, AnswerKind.Reached, AnswerKind.TooBig, AnswerKind.SourceRouteFailed,
        AnswerKind.NetUnreachable, AnswerKind.HostUnreachable, AnswerKind.NetUnreachable, AnswerKind.Prohibited, AnswerKind.Prohibited, AnswerKind.NetUnreachable,
        AnswerKind.HostUnreachable, AnswerKind.Prohibited, AnswerKind.PrecedenceViolation, AnswerKind.PrecedenceCutoff,
    ];

    // RFC 4443 section 3.1.
    private static readonly AnswerKind[] CodesOfV6 =
    [
        AnswerKind.NetUnreachable, AnswerKind.Prohibited, AnswerKind.SourceRouteFailed, AnswerKind.HostUnreachable, AnswerKind.Reached, AnswerKind.Prohibited, AnswerKind.Prohibited,
    ];

    /// <returns><see cref="AnswerKind.None"/> for what is no error about a packet of ours.</returns>
    public static AnswerKind OfError(bool isV6, byte type, byte code) => isV6
        ? type switch
        {
            IcmpV6Type.TimeExceeded when code == 0 => AnswerKind.TimeExceeded,
            IcmpV6Type.PacketTooBig => AnswerKind.TooBig,

            // RFC 4443 section 3.4: a next header that is not known.
            IcmpV6Type.ParameterProblem when code == 1 => AnswerKind.ProtocolUnreachable,
            IcmpV6Type.DestinationUnreachable => code < CodesOfV6.Length ? CodesOfV6[code] : AnswerKind.OtherUnreachable,
            _ => AnswerKind.None,
        }
        : type switch
        {
            // Code 1 is of fragments that were not put together in time, and no router's.
            IcmpType.TimeExceeded when code == 0 => AnswerKind.TimeExceeded,
            IcmpType.DestinationUnreachable => code < Codes.Length ? Codes[code] : AnswerKind.OtherUnreachable,
            _ => AnswerKind.None,
        };

    /// <summary>The mark that traceroute puts behind a time; empty for the two kinds that are as they should be.</summary>
    public static string Mark(AnswerKind kind, byte code, int mtu) => kind switch
    {
        AnswerKind.NetUnreachable => "!N",
        AnswerKind.HostUnreachable => "!H",
        AnswerKind.ProtocolUnreachable => "!P",
        AnswerKind.TooBig => $"!F-{mtu}",
        AnswerKind.SourceRouteFailed => "!S",
        AnswerKind.Prohibited => "!X",
        AnswerKind.PrecedenceViolation => "!V",
        AnswerKind.PrecedenceCutoff => "!C",
        AnswerKind.OtherUnreachable => $"!<{code}>",
        _ => "",
    };
}
