using Roundtrip.Core;

namespace Roundtrip.Transport.Tests;

public class TimerWheelTests
{
    private sealed class Entry(List<string> fired, string name) : TimerEntry
    {
        public Action Then { get; init; } = () => { };

        protected internal override void OnDue(long now)
        {
            fired.Add(name);
            Then();
        }
    }

    [Theory]
    [InlineData(TimerWheel.Granularity)]
    [InlineData(4)]
    public void An_entry_fires_once_it_is_due_and_at_most_a_slot_late(int granularity)
    {
        // Against a plain list of deadlines: random schedules, moves and cancels, over several turns of the wheel.
        var random = new Random(7);
        var fired = new List<string>();
        long now = 123_456;
        var wheel = new TimerWheel(now, granularity);
        var entries = Enumerable.Range(0, 50).Select(i => new Entry(fired, $"{i}")).ToArray();
        var model = new Dictionary<int, long>();
        for (int step = 0; step < 20_000; step++)
        {
            int which = random.Next(entries.Length);
            if (random.Next(4) == 0)
            {
                wheel.Cancel(entries[which]);
                model.Remove(which);
            }
            else
            {
                long due = now + random.Next(-100, random.Next(2) == 0 ? 500 : 200_000);
                wheel.Schedule(entries[which], due);
                model[which] = Math.Max(due, now);
            }

            now += random.Next(random.Next(50) == 0 ? 90_000 : 100);
            fired.Clear();
            wheel.Advance(now);
            foreach (string name in fired)
            {
                Assert.True(model.Remove(int.Parse(name, null), out long due) && due <= now, $"{name} fired early");
            }

            Assert.DoesNotContain(model.Values, due => due + granularity <= now);
        }
    }

    [Fact]
    public void An_entry_may_schedule_itself_and_cancel_others_when_it_fires()
    {
        var fired = new List<string>();
        var wheel = new TimerWheel(0);
        Entry other = new(fired, "other");
        Entry? first = null;
        first = new Entry(fired, "first")
        {
            Then = () =>
            {
                wheel.Cancel(other);
                wheel.Schedule(first!, fired.Count * 5_000);
            },
        };
        wheel.Schedule(other, 100);
        wheel.Schedule(first, 100);
        wheel.Advance(1_000);
        wheel.Advance(6_000);

        Assert.Equal(["first", "first"], fired);
    }

    [Fact]
    public void With_nothing_scheduled_a_loop_may_sleep_for_ever()
    {
        var wheel = new TimerWheel(0);
        var entry = new Entry([], "x");
        wheel.Schedule(entry, 1000);
        Assert.InRange(wheel.SleepFor(0), 1, TimerWheel.Granularity);
        wheel.Cancel(entry);

        Assert.Equal(-1, wheel.SleepFor(0));
        Assert.Equal(Deadline.None, entry.Due);
    }
}
