using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>
/// The deadlines of one loop, hashed into slots of some milliseconds. A deadline that moves later, as nearly all do, costs a
/// comparison: the entry stays where it is and is put further when its old slot comes round. Entries link each other, so nothing is allocated.
/// </summary>
/// <param name="now">The loop's time when it begins.</param>
/// <param name="granularity">Milliseconds in a slot: a deadline fires at most this much late.</param>
public sealed class TimerWheel(long now, int granularity = TimerWheel.Granularity)
{
    /// <summary>Milliseconds in a slot where nothing else is said.</summary>
    public const int Granularity = 128;

    private const int SlotCount = 512;
    private const int Firing = SlotCount;

    private readonly TimerEntry?[] _slots = new TimerEntry?[SlotCount + 1];
    private long _tick = now / granularity;
    private int _count;

    /// <summary>Sets when <paramref name="entry"/> is due; <see cref="Deadline.None"/> for never.</summary>
    public void Schedule(TimerEntry entry, long deadline)
    {
        entry.Due = deadline;
        if (entry.Slot >= 0)
        {
            if (deadline >= entry.SlotDue)
            {
                return;
            }

            Remove(entry);
        }

        if (deadline != Deadline.None)
        {
            Insert(entry, deadline);
        }
    }

    /// <summary>Takes the entry out, as its owner must before it is gone.</summary>
    public void Cancel(TimerEntry entry)
    {
        entry.Due = Deadline.None;
        if (entry.Slot >= 0)
        {
            Remove(entry);
        }
    }

    /// <summary>How long a loop may sleep, in milliseconds; -1 when there is nothing to wake up for.</summary>
    public int SleepFor(long now) => _count == 0 ? -1 : (int)(granularity - (now % granularity));

    /// <summary>Calls every entry that is due at <paramref name="now"/>. Called first after each wake-up, before anything is scheduled at the new time.</summary>
    public void Advance(long now)
    {
        long tick = now / granularity;
        if (_count == 0)
        {
            _tick = tick;
            return;
        }

        // Set first: what is scheduled by what fires belongs to a later turn. A loop that slept for longer than a turn of the wheel looks at each slot once.
        long from = Math.Max(_tick + 1, tick - SlotCount + 1);
        _tick = tick;
        for (long t = from; t <= tick; t++)
        {
            FireSlot((int)(t & (SlotCount - 1)), now);
        }
    }

    // What fires may schedule and cancel others, and itself. The slot's entries are first moved to a slot that nothing is scheduled into.
    private void FireSlot(int slot, long now)
    {
        for (TimerEntry? entry = _slots[slot]; entry is not null; entry = entry.Next)
        {
            entry.Slot = Firing;
        }

        (_slots[Firing], _slots[slot]) = (_slots[slot], null);
        while (_slots[Firing] is { } entry)
        {
            Remove(entry);
            if (entry.Due <= now)
            {
                entry.Due = Deadline.None;
                entry.OnDue(now);
            }
            else if (entry.Due != Deadline.None)
            {
                Insert(entry, entry.Due);
            }
        }
    }

    private void Insert(TimerEntry entry, long deadline)
    {
        // A slot fires when the time is in it or past it, so the deadline's slot is the one that begins at or after it. A past deadline goes
        // to the next slot that will be looked at, a far one to the last of this turn, where it is put further.
        long tick = (deadline + granularity - 1) / granularity;
        tick = Math.Clamp(tick, _tick + 1, _tick + SlotCount - 1);
        int slot = (int)(tick & (SlotCount - 1));
        entry.SlotDue = tick * granularity;
        entry.Slot = (short)slot;
        entry.Previous = null;
        entry.Next = _slots[slot];
        if (entry.Next is { } next)
        {
            next.Previous = entry;
        }

        _slots[slot] = entry;
        _count++;
    }

    private void Remove(TimerEntry entry)
    {
        if (entry.Previous is { } previous)
        {
            previous.Next = entry.Next;
        }
        else
        {
            _slots[entry.Slot] = entry.Next;
        }

        if (entry.Next is { } next)
        {
            next.Previous = entry.Previous;
        }

        entry.Previous = entry.Next = null;
        entry.Slot = -1;
        _count--;
    }
}
