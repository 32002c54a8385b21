using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>Something with a deadline: derive from it, schedule it on the loop's <see cref="TimerWheel"/>, cancel it before it is gone.</summary>
public abstract class TimerEntry
{
    internal TimerEntry? Previous;
    internal TimerEntry? Next;
    internal long SlotDue;
    internal short Slot = -1;

    /// <summary>When it is due, <see cref="Deadline.None"/> for never.</summary>
    public long Due { get; internal set; } = Deadline.None;

    /// <summary>The deadline has passed. It is scheduled no more, unless this schedules it again.</summary>
    protected internal abstract void OnDue(long now);
}
