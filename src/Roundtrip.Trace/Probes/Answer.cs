using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Trace.Probes;

/// <summary>What came back for a probe.</summary>
/// <param name="ProbeId">The probe that it quotes.</param>
/// <param name="Flow">The flow of the packet that it quotes.</param>
/// <param name="From">Who answered, without a port.</param>
/// <param name="At">When it arrived, in nanoseconds of the clock that the engine is told.</param>
public readonly record struct Answer(ushort ProbeId, ushort Flow, PeerAddress From, AnswerKind Kind, long At)
{
    /// <summary>ICMP's code.</summary>
    public byte Code { get; init; }

    /// <summary>The bytes that the next link takes, of <see cref="AnswerKind.TooBig"/>; 0 where that is not said.</summary>
    public int Mtu { get; init; }

    /// <summary>The TTL with which the answer arrived; 0 where it is not known.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>The TTL that the probe had left, as it is quoted; 0 where it is not known.</summary>
    public byte QuotedTimeToLive { get; init; }

    /// <summary>The labels that the probe had (RFC 4950), top first; null where there were none.</summary>
    public IReadOnlyList<MplsLabel>? Labels { get; init; }

    /// <summary>Whether the quoted checksum is not the one that was sent: addresses or ports were translated on the way.</summary>
    public bool IsTranslated { get; init; }
}
