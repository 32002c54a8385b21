using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Answers from the error queue of a socket, whose ports the kernel has matched already.</summary>
internal static class QueuedErrors
{
    /// <param name="quoted">What the error has of the probe behind IP's header, and its extensions.</param>
    /// <returns><see cref="AnswerKind.None"/> as the kind where it is no answer.</returns>
    public static Answer Read(in Received received, ReadOnlySpan<byte> quoted, bool isV6, ushort id, ushort flow)
    {
        AnswerKind kind = AnswerKinds.OfError(isV6, received.Type, received.Code);
        MplsLabel[] labels = received.ExtensionsAt > 0 && received.ExtensionsAt < quoted.Length ? MplsLabel.ReadStack(IcmpExtensions.Read(quoted[received.ExtensionsAt..])) : [];
        return new Answer(id, flow, received.From, kind, received.At)
        {
            Code = received.Code,
            Mtu = kind == AnswerKind.TooBig ? (int)received.Info : 0,
            TimeToLive = received.TimeToLive,
            Labels = labels.Length > 0 ? labels : null,
        };
    }
}
