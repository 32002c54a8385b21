using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>The reasons that an HTTP/2 connection finds by itself, in its streams, sections and budgets; the tests beside this file hold them.</summary>
internal static class ConnectionReasons
{
    public static readonly EndReason[] All =
    [
        EndReason.MissingPseudoField, EndReason.MisplacedPseudoField, EndReason.ConnectionSpecificField, EndReason.DifferingAuthority,
        EndReason.InvalidPreface, EndReason.HeaderBlockInterrupted, EndReason.HeaderBlockTooLong, EndReason.StreamStateViolated, EndReason.InvalidStreamId,
        EndReason.UnexpectedFrame, EndReason.FlowControlViolated, EndReason.ContentLengthMismatch, EndReason.StreamReset, EndReason.TooManyStreams,
        EndReason.SettingsTimeout, EndReason.PingTimeout, EndReason.SettingsFlood, EndReason.PingFlood, EndReason.PriorityFlood, EndReason.EmptyFrameFlood,
        EndReason.SmallDataFlood, EndReason.WindowUpdateFlood, EndReason.RapidReset, EndReason.ProvokedResetFlood, EndReason.UnknownFrameFlood,
    ];
}
