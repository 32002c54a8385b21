namespace Roundtrip.Core.Tests;

public class BufferPoolTests
{
    [Theory]
    [InlineData(0, 16_384)]
    [InlineData(1, 16_384)]
    [InlineData(16_384, 16_384)]
    [InlineData(16_385, 32_768)]
    [InlineData(32_768, 32_768)]
    [InlineData(100_000, 131_072)]
    [InlineData(1_048_576, 1_048_576)]
    public void A_buffer_is_the_next_power_of_two(int minimum, int size)
    {
        Assert.Equal(size, new BufferPool().Rent(minimum).Length);
    }

    [Fact]
    public void Nothing_larger_than_the_maximum_is_rented()
    {
        var pool = new BufferPool();

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BufferPool.MaximumSize + 1));
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void The_last_returned_is_the_first_rented_and_no_two_renters_share_one()
    {
        var pool = new BufferPool();
        byte[] first = pool.Rent();
        byte[] second = pool.Rent();
        Assert.NotSame(first, second);
        pool.Return(first);
        pool.Return(second);

        Assert.Same(second, pool.Rent());
        Assert.Same(first, pool.Rent());
    }

    [Fact]
    public void Outstanding_counts_what_is_rented()
    {
        var pool = new BufferPool();
        var rented = new HashSet<byte[]>();
        var random = new Random(1);
        for (int i = 0; i < 5000; i++)
        {
            if (random.Next(2) == 0)
            {
                Assert.True(rented.Add(pool.Rent(random.Next(200_000))));
            }
            else if (rented.FirstOrDefault() is { } buffer)
            {
                rented.Remove(buffer);
                pool.Return(buffer);
            }

            Assert.Equal(rented.Count, pool.Outstanding);
        }
    }
}
