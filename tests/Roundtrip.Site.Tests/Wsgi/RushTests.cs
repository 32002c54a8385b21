using Roundtrip.Site.Wsgi.Channels;

namespace Roundtrip.Site.Tests.Wsgi;

public class RushTests
{
    [Fact]
    public void One_that_begins_close_upon_another_in_hand_is_one_of_many()
    {
        var rush = default(Rush);

        Assert.False(rush.Begin(100));
        Assert.True(rush.Begin(100));
        Assert.True(rush.Begin(101));
        Assert.False(rush.Begin(103));
    }

    [Fact]
    public void One_alone_is_not_however_soon_it_follows()
    {
        var rush = default(Rush);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(rush.Begin(100));
            rush.End();
        }
    }

    [Fact]
    public void Nor_is_one_beside_another_that_takes_long()
    {
        var rush = default(Rush);
        rush.Begin(100);
        for (int now = 200; now < 300; now += 10)
        {
            Assert.False(rush.Begin(now));
            rush.End();
        }
    }
}
