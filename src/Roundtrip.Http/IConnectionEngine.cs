using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>
/// The protocol of one connection as a pure state machine. The driver calls it, always on one loop, in this order:
/// <list type="number">
/// <item><see cref="Receive"/> after bytes were added to <see cref="IEngineHost.Input"/>, and <see cref="ReceiveEnd"/> once when the
/// peer will send no more. What the engine cannot use yet it leaves there.</item>
/// <item><see cref="Produce"/> before each sending, where something is <see cref="Waiting"/>.</item>
/// <item><see cref="Drained"/> after each sending that leaves <see cref="LowWater"/> bytes of output or less, so also when nothing is left.</item>
/// <item><see cref="OnDeadline"/> when <see cref="NextDeadline"/> has passed.</item>
/// <item><see cref="Ended"/> once, last: the connection is gone, whatever the cause. Input and output must still hold what they held:
/// the engine tells by them how much of a response went out.</item>
/// </list>
/// After each call the driver sends the output, looks at <see cref="NextDeadline"/> and <see cref="WantsInput"/>, and obeys <see cref="Closing"/>.
/// </summary>
public interface IConnectionEngine
{
    /// <summary>A response that has more than this many bytes waiting takes no more.</summary>
    const int HighWater = 128 * 1024;

    /// <summary>When no more than this many bytes wait, writers are told to go on.</summary>
    const int LowWater = 32 * 1024;

    void Receive(long now);

    void ReceiveEnd(long now);

    void Drained(long now);

    void OnDeadline(long now);

    /// <summary>
    /// How many bytes the engine could put into the output if the driver asked (<see cref="Produce"/>), or more: it may be that the peer does not allow them yet. An engine that decides late what
    /// goes next keeps them back; one that has nothing to decide has 0.
    /// </summary>
    long Waiting => 0;

    /// <summary>Puts more into the output, until that holds <paramref name="room"/> bytes or nothing is left that may be sent. Called just before the driver sends.</summary>
    void Produce(long now, int room)
    {
    }

    void Ended(EndReason reason);

    /// <summary>When to call <see cref="OnDeadline"/>, or <see cref="Deadline.None"/>.</summary>
    long NextDeadline { get; }

    /// <summary>Whether more input can be used now. While false the driver reads nothing, so that the peer is held back.</summary>
    bool WantsInput { get; }

    /// <summary>
    /// Whether <see cref="ReceiveEnd"/> would have a meaning now, though no input is wanted: the driver then looks out for the peer's end without reading what came before it.
    /// </summary>
    bool WatchesEnd => false;

    /// <summary>Whether our side is to be ended once the output is sent, while the peer's goes on: a half-close, where the connection is a tunnel's.</summary>
    bool EndsOutput => false;

    /// <summary>How the connection is to end, once the output is sent.</summary>
    ConnectionClose Closing { get; }

    /// <summary>Why <see cref="Closing"/> says what it says; <see cref="EndReason.None"/> while the connection goes on.</summary>
    EndReason ClosingReason { get; }

    /// <summary>The server is stopping: begin nothing new.</summary>
    void Stop(long now);
}
