using Roundtrip.Trace.Paths;

namespace Roundtrip.Trace.Tests.Paths;

/// <summary>n(k): so many flows must show no more than k routers before these may be taken for all.</summary>
public class StoppingPointsTests
{
    [Fact]
    public void At_five_percent_the_first_are_those_of_the_literature()
    {
        var points = new StoppingPoints(0.05);

        Assert.Equal([6, 11, 16, 21], [points[1], points[2], points[3], points[4]]);
        for (int found = 1; found < 12; found++)
        {
            // Classic points forget that one may have stopped before: ours are those or a little more.
            Assert.InRange(points[found], Classic(found, 0.05), Classic(found, 0.05) + 2);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.05)]
    [InlineData(0.01)]
    [InlineData(0.0001)]
    public void They_grow_with_what_is_found_and_with_what_is_asked(double bound)
    {
        var points = new StoppingPoints(bound);
        var stricter = new StoppingPoints(bound / 2);

        for (int found = 1; found < 64; found++)
        {
            Assert.True(points[found] < points[found + 1]);
            Assert.True(points[found] <= stricter[found]);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(16)]
    public void Who_follows_them_misses_no_more_than_the_bound(int ways)
    {
        const int Runs = 40_000;
        var random = new Random(ways);
        var points = new StoppingPoints(0.05);
        int missed = 0;
        for (int run = 0; run < Runs; run++)
        {
            var seen = new HashSet<int>();
            for (int flow = 0; seen.Count == 0 || flow < points[seen.Count]; flow++)
            {
                seen.Add(random.Next(ways));
            }

            missed += seen.Count < ways ? 1 : 0;
        }

        // Three deviations of what the bound itself would give.
        Assert.InRange(missed, 0, (int)(Runs * 0.05 + 3 * Math.Sqrt(Runs * 0.05 * 0.95)));
    }

    // Augustin, Friedman, Teixeira, "Measuring load-balanced paths in the Internet", IMC 2007.
    private static int Classic(int found, double bound)
    {
        int ways = found + 1;
        for (int flows = ways; ; flows++)
        {
            double missing = 0, choose = 1;
            for (int i = 1; i <= ways; i++)
            {
                choose *= (ways - i + 1.0) / i;
                missing += (i % 2 == 1 ? 1 : -1) * choose * Math.Pow((double)(ways - i) / ways, flows);
            }

            if (missing <= bound)
            {
                return flows;
            }
        }
    }
}
