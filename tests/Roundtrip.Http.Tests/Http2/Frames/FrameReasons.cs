using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http2.Frames;

/// <summary>The faults of frames: their section of <see cref="EndReason"/>.</summary>
public static class FrameReasons
{
    public static IEnumerable<EndReason> All { get; } =
        Enum.GetValues<EndReason>().Where(reason => reason is >= EndReason.FrameTooLarge and <= EndReason.PriorityUpdateWithoutStream);
}
