namespace Roundtrip.Core.Tests;

public class InputBufferTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_comes_in_stays_in_order_until_it_is_consumed(int seed)
    {
        var random = new Random(seed);
        var pool = new BufferPool();
        var buffer = default(InputBuffer);
        var model = new ByteStream();
        for (int step = 0; step < 1000; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    int wanted = random.Next(1, random.Next(1, 30_000));
                    Span<byte> room = buffer.Reserve(pool, wanted);
                    Assert.True(room.Length >= wanted);
                    int filled = random.Next(wanted + 1);
                    model.Fill(room[..filled]);
                    buffer.Commit(filled);
                    break;
                case 2 or 3:
                    // Mostly small steps, sometimes all of it, so that it neither stays empty nor grows for ever.
                    int count = buffer.Length > 400_000 || random.Next(10) == 0 ? buffer.Length : random.Next(Math.Min(buffer.Length, 20_000) + 1);
                    model.AssertIsNext(buffer.Unread[..count]);
                    buffer.Consume(count);
                    break;
                default:
                    buffer.Release(pool);
                    Assert.Equal(model.Length == 0 ? 0 : 1, pool.Outstanding);
                    break;
            }

            Assert.Equal(model.Length, buffer.Length);
            Assert.True(buffer.Array.AsSpan(buffer.Start, buffer.Length).SequenceEqual(buffer.Unread));
            Assert.InRange(pool.Outstanding, 0, 1);
        }

        buffer.Clear(pool);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, buffer.Capacity);
    }

    [Fact]
    public void Release_keeps_what_is_unread()
    {
        var pool = new BufferPool();
        var buffer = default(InputBuffer);
        "hello"u8.CopyTo(buffer.Reserve(pool, 5));
        buffer.Commit(5);

        buffer.Release(pool);

        Assert.Equal("hello"u8, buffer.Unread);
    }

    [Fact]
    public void More_than_is_unread_cannot_be_consumed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var buffer = default(InputBuffer);
            buffer.Consume(1);
        });
    }
}
