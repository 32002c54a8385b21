using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Trace.Probes;

/// <summary>
/// What the probes of one trace have in common, and how a probe's number is told on the wire. What load balancers look at depends on the flow alone; what tells
/// probes apart stands behind it, next to random bits that nobody else knows.
/// </summary>
public sealed class ProbeIdentity
{
    /// <summary>The bytes of data that tell a probe: six random ones and its number.</summary>
    public const int TokenSize = 8;

    /// <summary>The token, and the two bytes that keep an echo's checksum.</summary>
    public const int LeastData = TokenSize + 2;

    private readonly ulong _token;
    private readonly ushort _identification;

    /// <param name="source">Without a port. What is not sent as a whole packet does without.</param>
    /// <param name="target">Without a port.</param>
    /// <param name="port">The source port of flow 0; of an echo its identifier. The flows have those that follow.</param>
    /// <param name="targetPort">Of UDP and TCP.</param>
    /// <param name="secret">Random bits.</param>
    public ProbeIdentity(ProbeProtocol protocol, PeerAddress source, PeerAddress target, ushort port, ushort targetPort, UInt128 secret)
    {
        Protocol = protocol;
        Source = source.WithoutPort();
        Target = target.WithoutPort();
        Port = port;
        TargetPort = targetPort;
        _token = (ulong)secret & 0xffff_ffff_ffff_0000;
        Sequence = (uint)(secret >> 64);
        _identification = (ushort)(secret >> 96);
    }

    public ProbeProtocol Protocol { get; }

    public PeerAddress Source { get; }

    public PeerAddress Target { get; }

    public ushort Port { get; }

    public ushort TargetPort { get; }

    public bool IsV6 => !Target.IsIPv4;

    /// <summary>Whether each flow has a port of the target instead of a source port, as traceroute's probes have.</summary>
    public bool VariesTargetPort { get; init; }

    /// <summary>What a SYN's sequence number exceeds its probe's number by.</summary>
    public uint Sequence { get; }

    public ushort SourcePortOf(ushort flow) => VariesTargetPort ? Port : (ushort)(Port + flow);

    public ushort TargetPortOf(ushort flow) => VariesTargetPort ? (ushort)(TargetPort + flow) : TargetPort;

    /// <summary>The flow of a datagram or segment by its ports.</summary>
    public bool TryFlow(ushort sourcePort, ushort targetPort, out ushort flow)
    {
        flow = (ushort)(VariesTargetPort ? targetPort - TargetPort : sourcePort - Port);
        return SourcePortOf(flow) == sourcePort && TargetPortOf(flow) == targetPort;
    }

    /// <summary>IPv4's Identification of a probe: never 0, in whose place Linux would put another.</summary>
    public ushort IdentificationOf(ushort id) => (ushort)(1 + (id - 1 + _identification) % 0xffff);

    public ushort IdOfIdentification(ushort identification) => (ushort)(1 + (identification - 1 + 0xffff - _identification % 0xffff) % 0xffff);

    /// <summary>Fills a probe's data: token, balance, zeros.</summary>
    /// <param name="data"><see cref="LeastData"/> bytes at least.</param>
    public void WriteData(in Probe probe, Span<byte> data)
    {
        data.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(data, _token | probe.Id);

        // Paris: the checksum is among the bytes that load balancers hash, so what the sequence number and the token add to it is taken away again. a - b is a + ~b in one's complement.
        ushort balance = InternetChecksum.Add((ushort)(Port + probe.Flow), (ushort)~InternetChecksum.Add(InternetChecksum.Sum(data[..TokenSize]), probe.Id));
        BinaryPrimitives.WriteUInt16BigEndian(data[TokenSize..], balance);
    }

    /// <summary>The probe that data tell.</summary>
    /// <returns>False if they are cut short, or not this trace's.</returns>
    public bool TryReadData(ReadOnlySpan<byte> data, out ushort id)
    {
        id = 0;
        if (data.Length < TokenSize)
        {
            return false;
        }

        ulong token = BinaryPrimitives.ReadUInt64BigEndian(data);
        id = (ushort)token;
        return token - id == _token;
    }

    /// <summary>The flow of an echo by its data, which <see cref="TryReadData"/> has told.</summary>
    public ushort FlowOfEcho(ReadOnlySpan<byte> data)
    {
        ushort id = BinaryPrimitives.ReadUInt16BigEndian(data[(TokenSize - 2)..]);
        return data.Length < LeastData ? (ushort)0 : (ushort)(InternetChecksum.Add(InternetChecksum.Sum(data[..LeastData]), id) - Port);
    }
}
