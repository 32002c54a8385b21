using Roundtrip.Core;
using Roundtrip.Live.Log;

namespace Roundtrip.Site.LiveHub;

/// <summary>The end of a carrier at which messages come out, on its loop.</summary>
internal interface ILiveSink
{
    /// <summary>Whether a message would be taken now. When not, it calls <see cref="LoopHub.Pump"/> once it would.</summary>
    bool HasRoom { get; }

    void Send(LiveMessage message);

    void Send(in LiveGap gap);

    /// <summary>Nothing more can come: all that was wanted is closed.</summary>
    void Finish();

    /// <summary>It is to end in good order, and its client may come again.</summary>
    void End(EndReason reason);

    /// <summary>Nothing was sent for a while.</summary>
    void Beat();

    /// <summary>The token's time is over, in seconds since 1970.</summary>
    void Expired();
}
