using System.Runtime.InteropServices;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.Tests;

public class EpollEventsTests
{
    [Theory]
    [InlineData(Architecture.X64, 12)]
    [InlineData(Architecture.Arm64, 16)]
    public void An_epoll_event_has_the_size_that_the_kernel_gives_it(Architecture architecture, int size) =>
        Assert.Equal(size, EpollEvents.SizeOn(architecture));

    [Fact]
    public unsafe void What_is_written_is_read()
    {
        byte[] items = new byte[EpollEvents.Size * 2];
        EpollEvents.Write(items.AsSpan(EpollEvents.Size), 5, 0x1122334455667788);
        fixed (byte* p = items)
        {
            Assert.Equal(5u, EpollEvents.EventsAt(p, 1));
            Assert.Equal(0x1122334455667788u, EpollEvents.DataAt(p, 1));
        }
    }
}
