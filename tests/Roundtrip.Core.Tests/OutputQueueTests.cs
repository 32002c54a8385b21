namespace Roundtrip.Core.Tests;

public class OutputQueueTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_is_written_comes_out_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var pool = new BufferPool();
        var queue = new OutputQueue(pool);
        var model = new ByteStream();

        var files = new List<ArrayFile>();
        for (int step = 0; step < 2000; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    queue.Write(model.Next(random.Next(100)));
                    break;
                case 1:
                    queue.Write(model.Next(random.Next(40_000)));
                    break;
                case 2:
                    byte[] shared = model.Next(random.Next(1, 3 * OutputQueue.CopyLimit));
                    queue.WriteShared(shared, 0, shared.Length);
                    break;
                case 3:
                    byte[] whole = model.Next(random.Next(1, 20_000));
                    var file = new ArrayFile(whole);
                    files.Add(file);
                    queue.WriteFile(file, 0, whole.Length);
                    file.ReleaseReference();
                    break;
                case 4:
                    byte[] direct = model.Next(random.Next(1, 300));
                    direct.CopyTo(queue.GetSpan(random.Next(direct.Length, BufferPool.SegmentSize)));
                    queue.Advance(direct.Length);
                    break;
                case 5:
                    // Room that is asked for and not used.
                    queue.GetSpan(random.Next(BufferPool.SegmentSize));
                    queue.Advance(0);
                    break;
                default:
                    Send(queue, model, random.NextInt64(Math.Min(queue.Length, 60_000) + 1));
                    break;
            }

            Assert.Equal(model.Length, queue.Length);
            Assert.Equal(model.Length == 0, queue.IsEmpty);
        }

        Send(queue, model, queue.Length);
        queue.Clear();
        Assert.Equal(0, pool.Outstanding);
        Assert.All(files, file => Assert.Equal(1, file.Closed));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Clear_returns_every_buffer_and_lets_every_file_go(int seed)
    {
        var random = new Random(seed);
        var pool = new BufferPool();
        var queue = new OutputQueue(pool);
        byte[] bytes = GC.AllocateArray<byte>(50_000, pinned: true);
        var file = new ArrayFile(bytes);
        for (int step = 0; step < 50; step++)
        {
            queue.Write(bytes.AsSpan(0, random.Next(20_000)));
            queue.WriteShared(bytes, 0, random.Next(1, 20_000));
            queue.WriteFile(file, 0, random.Next(1, 1000));
            queue.Write(bytes.AsSpan(0, random.Next(100)));
            queue.Consume(random.NextInt64(queue.Length));
        }

        queue.Clear();
        file.ReleaseReference();

        Assert.Equal(0, queue.Length);
        Assert.True(queue.IsEmpty);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(1, file.Closed);
        queue.Write("again"u8);
        Assert.Equal(5, queue.Length);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_put_in_front_of_the_last_bytes_comes_out_there_whatever_they_are(int seed)
    {
        var random = new Random(seed);
        var pool = new BufferPool();
        var queue = new OutputQueue(pool);
        var expected = new List<byte>();
        byte[] bytes = GC.AllocateArray<byte>(20_000, pinned: true);
        random.NextBytes(bytes);
        var file = new ArrayFile(bytes);
        for (int step = 0; step < 200; step++)
        {
            int count = random.Next(1, random.Next(3) == 0 ? bytes.Length : 100);
            switch (random.Next(6))
            {
                case 0:
                    queue.WriteShared(bytes, 0, count);
                    expected.AddRange(bytes[..count]);
                    break;
                case 1:
                    queue.WriteFile(file, 0, count);
                    expected.AddRange(bytes[..count]);
                    break;
                case 2:
                    count = (int)Math.Min(count, queue.Length);
                    Assert.Equal(expected[..count], Taken(queue, count));
                    expected.RemoveRange(0, count);
                    break;
                case 3:
                    int behind = random.Next((int)queue.Length + 1);
                    byte[] inserted = GC.AllocateArray<byte>(random.Next(1, 30), pinned: true);
                    Assert.True(queue.TryInsert(inserted, behind));
                    expected.InsertRange(expected.Count - behind, inserted);
                    break;
                default:
                    queue.Write(bytes.AsSpan(0, count));
                    expected.AddRange(bytes[..count]);
                    break;
            }

            Assert.Equal(expected.Count, queue.Length);
        }

        Assert.Equal(expected, Taken(queue, queue.Length));
        queue.Clear();
        file.ReleaseReference();
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(1, file.Closed);
    }

    [Fact]
    public void Nothing_is_put_among_bytes_that_are_encrypted_already()
    {
        var queue = new OutputQueue(new BufferPool());
        byte[] line = GC.AllocateArray<byte>(3, pinned: true);
        queue.Write("0123456789"u8);
        queue.Fixed = 6;
        Assert.False(queue.TryInsert(line, 5));
        Assert.Equal(10, queue.Length);
        Assert.True(queue.TryInsert(line, 4));
        Assert.Equal("012345\0\0\06789"u8, [.. Taken(queue, 13)]);

        queue.Write("0"u8);
        queue.Fixed = 1;
        queue.Clear();
        Assert.Equal(0, queue.Fixed);
    }

    [Fact]
    public void A_queue_that_was_sent_holds_no_buffer()
    {
        var pool = new BufferPool();
        var queue = new OutputQueue(pool);
        queue.Write("hello"u8);

        queue.Consume(5);

        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(5, queue.Consumed);
    }

    [Fact]
    public void Long_shared_arrays_are_sent_from_where_they_lie_and_short_ones_copied()
    {
        var queue = new OutputQueue(new BufferPool());
        byte[] bytes = GC.AllocateArray<byte>(2 * OutputQueue.CopyLimit, pinned: true);

        queue.WriteShared(bytes, 0, OutputQueue.CopyLimit);
        queue.WriteShared(bytes, 5, OutputQueue.CopyLimit + 1);

        Assert.Equal(2, queue.Segments.Length);
        Assert.NotSame(bytes, queue.Segments[0].Memory);
        Assert.Same(bytes, queue.Segments[1].Memory);
        Assert.Equal(5, queue.Segments[1].Offset);
    }

    [Fact]
    public void More_than_waits_cannot_be_consumed()
    {
        var queue = new OutputQueue(new BufferPool());
        queue.Write("hello"u8);

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Consume(6));
    }

    private static List<byte> Taken(OutputQueue queue, long count)
    {
        var taken = new List<byte>();
        for (; count > taken.Count;)
        {
            OutputSegment first = queue.Segments[0];
            byte[] piece = new byte[Math.Min(first.Length, count - taken.Count)];
            if (first.File is { } file)
            {
                file.Read(first.Offset, piece);
            }
            else
            {
                first.Span[..piece.Length].CopyTo(piece);
            }

            taken.AddRange(piece);
            queue.Consume(piece.Length);
        }

        return taken;
    }

    private static void Send(OutputQueue queue, ByteStream model, long count)
    {
        long left = count;
        foreach (ref readonly OutputSegment segment in queue.Segments)
        {
            int take = (int)Math.Min(left, segment.Length);
            byte[] bytes = new byte[take];
            if (segment.File is null)
            {
                segment.Span[..take].CopyTo(bytes);
            }
            else
            {
                segment.File.Read(segment.Offset, bytes);
            }

            model.AssertIsNext(bytes);
            left -= take;
        }

        queue.Consume(count);
    }

    private sealed class ArrayFile(byte[] content) : FileBody
    {
        public int Closed { get; private set; }

        public override long Length => content.Length;

        public override FileReadResult Read(long offset, Span<byte> destination)
        {
            content.AsSpan((int)offset, destination.Length).CopyTo(destination);
            return new FileReadResult(FileReadStatus.Read, destination.Length);
        }

        public override void Warm(long offset, long length)
        {
        }

        public override bool IsUnchanged() => true;

        protected override void Close() => Closed++;
    }
}
