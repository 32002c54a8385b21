namespace Roundtrip.Packets;

/// <summary>The types of ICMPv6 that are looked at (RFC 4443). Those below 128 are errors, and quote what caused them.</summary>
public static class IcmpV6Type
{
    public const byte DestinationUnreachable = 1;
    public const byte PacketTooBig = 2;
    public const byte TimeExceeded = 3;
    public const byte ParameterProblem = 4;
    public const byte EchoRequest = 128;
    public const byte EchoReply = 129;
}
