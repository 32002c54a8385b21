using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

internal static class FloodReasons
{
    /// <summary>What the log says when the budget of a kind is spent.</summary>
    public static EndReason Of(FloodKind kind) => kind switch
    {
        FloodKind.Settings => EndReason.SettingsFlood,
        FloodKind.Ping => EndReason.PingFlood,
        FloodKind.Priority => EndReason.PriorityFlood,
        FloodKind.EmptyFrames => EndReason.EmptyFrameFlood,
        FloodKind.SmallData => EndReason.SmallDataFlood,
        FloodKind.WindowUpdates => EndReason.WindowUpdateFlood,
        FloodKind.Resets => EndReason.RapidReset,
        FloodKind.ProvokedResets => EndReason.ProvokedResetFlood,
        FloodKind.UnknownFrames => EndReason.UnknownFrameFlood,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a reason"),
    };
}
