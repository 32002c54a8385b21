using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.Tests;

public class SlotTableTests
{
    private sealed class Source : IEpollSource
    {
        public int Descriptor => 0;

        public void OnEvents(uint events)
        {
        }
    }

    [Fact]
    public void An_event_for_a_source_that_is_gone_finds_nobody_even_when_its_slot_was_used_again()
    {
        var slots = new SlotTable();
        ulong old = slots.Add(new Source());
        slots.Remove(old);
        var successor = new Source();
        ulong key = slots.Add(successor);

        Assert.Equal((uint)old, (uint)key);
        Assert.Null(slots.Find(old));
        Assert.Same(successor, slots.Find(key));
    }

    [Fact]
    public void Removing_twice_frees_one_slot()
    {
        var slots = new SlotTable();
        ulong key = slots.Add(new Source());
        slots.Remove(key);
        slots.Remove(key);

        Assert.NotEqual(slots.Add(new Source()), slots.Add(new Source()));
        Assert.Equal(2, slots.Count);
    }
}
