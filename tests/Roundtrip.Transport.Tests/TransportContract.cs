using Roundtrip.Core;

namespace Roundtrip.Transport.Tests;

/// <summary>What every transport holds, whatever is under it. An implementation derives from it and says how a client connects.</summary>
public abstract class TransportContract
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    /// <summary>A listening transport, its first connection accepted, and the client at its other end.</summary>
    protected abstract ITransportFixture Open();

    [Fact]
    public void Bytes_that_the_client_sent_are_read_in_order()
    {
        using ITransportFixture fixture = Open();
        fixture.Client.Send(Hello);

        Assert.Equal(Hello, fixture.Read(5));
    }

    [Fact]
    public void A_read_without_bytes_would_block()
    {
        using ITransportFixture fixture = Open();

        Assert.Equal(IoStatus.WouldBlock, fixture.Server.Read(new byte[8]).Status);
    }

    [Fact]
    public void Bytes_written_through_follow_what_waits_and_those_that_have_not_left_are_said()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        byte[] bytes = new byte[16 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        queue.Write(Hello);

        int left = fixture.Server.WriteThrough(queue, bytes);

        Assert.InRange(left, 0, bytes.Length - 1);
        Assert.True(left == 0 || queue.IsEmpty);
        long sent = Hello.Length - queue.Length + left;
        queue.Write(bytes.AsSpan(left));
        var received = new List<byte>();
        fixture.Until(() =>
        {
            received.AddRange(fixture.Client.Receive() ?? []);
            return received.Count >= sent;
        });
        Assert.Equal(sent, received.Count);
        received.AddRange(fixture.WriteAll(queue));
        Assert.True(received.SequenceEqual([.. Hello, .. bytes]));
    }

    [Fact]
    public void Who_has_written_through_as_much_as_leaves_is_told_when_there_is_room()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        byte[] bytes = new byte[16 * 1024 * 1024];
        bool isTold = false;
        fixture.Sink.Writable = () => isTold = true;
        fixture.Server.WriteThrough(queue, bytes);
        fixture.Server.SetInterest(read: false, write: true);
        fixture.Until(() =>
        {
            _ = fixture.Client.Receive();
            return isTold;
        });
    }

    [Fact]
    public void Readability_is_told_again_to_who_asks_again_until_it_has_been_read()
    {
        using ITransportFixture fixture = Open();
        int told = 0;
        fixture.Sink.Readable = () =>
        {
            if (++told == 3)
            {
                fixture.Server.Read(new byte[8]);
            }

            fixture.Server.SetInterest(read: true, write: false);
        };
        fixture.Server.SetInterest(read: true, write: false);
        fixture.Client.Send(Hello);
        fixture.Until(() => told >= 3);
        fixture.Settle();

        Assert.Equal(3, told);
    }

    [Fact]
    public void What_was_told_and_left_is_not_told_again_until_more_comes()
    {
        using ITransportFixture fixture = Open();
        int told = 0;
        fixture.Sink.Readable = () => told++;
        fixture.Server.SetInterest(read: true, write: false);
        fixture.Client.Send(Hello);
        fixture.Until(() => told == 1);
        fixture.Settle();
        Assert.Equal(1, told);

        fixture.Client.Send(Hello);
        fixture.Until(() => told == 2);
    }

    [Fact]
    public void An_end_behind_bytes_that_are_read_with_room_to_spare_is_told_to_who_asks_again()
    {
        using ITransportFixture fixture = Open();
        bool hasEnded = false;
        fixture.Sink.Readable = () =>
        {
            hasEnded = fixture.Server.Read(new byte[64]).Status == IoStatus.End;
            fixture.Server.SetInterest(read: !hasEnded, write: false);
        };
        fixture.Client.Send(Hello);
        fixture.Client.ShutdownSend();
        fixture.Settle();
        fixture.Server.SetInterest(read: true, write: false);

        fixture.Until(() => hasEnded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_end_behind_bytes_that_nobody_reads_is_told_to_who_asks_for_it(bool isAskedForBefore)
    {
        using ITransportFixture fixture = Open();
        int readable = 0, ended = 0;
        fixture.Sink.Readable = () => readable++;
        fixture.Sink.Ended = () => ended++;
        fixture.Settle();
        readable = 0;
        if (isAskedForBefore)
        {
            fixture.Server.SetInterest(read: false, write: false, end: true);
        }

        fixture.Client.Send(Hello);
        fixture.Settle();
        Assert.Equal(0, ended);

        fixture.Client.ShutdownSend();
        fixture.Settle();
        fixture.Server.SetInterest(read: false, write: false, end: true);
        fixture.Until(() => ended > 0);
        Assert.Equal(0, readable);
    }

    [Fact]
    public void Without_interest_nothing_is_told()
    {
        using ITransportFixture fixture = Open();
        int told = 0;
        fixture.Sink.Readable = () => told++;
        fixture.Server.SetInterest(read: false, write: false);
        fixture.Client.Send(Hello);
        fixture.Settle();

        Assert.Equal(0, told);
    }

    [Fact]
    public void Reading_and_writing_interests_are_independent()
    {
        using ITransportFixture fixture = Open();
        int readable = 0, writable = 0;
        fixture.Sink.Readable = () => readable++;
        fixture.Sink.Writable = () =>
        {
            fixture.Server.SetInterest(read: false, write: ++writable < 2);
        };
        fixture.Client.Send(Hello);
        fixture.Server.SetInterest(read: false, write: true);
        fixture.Until(() => writable >= 2);

        Assert.Equal(0, readable);
    }

    [Fact]
    public void Memory_and_file_segments_arrive_in_order_and_are_consumed()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        byte[] shared = GC.AllocateArray<byte>(6000, pinned: true);
        shared.AsSpan().Fill((byte)'s');
        var file = new MemoryFile([.. Enumerable.Range(0, 5000).Select(i => (byte)i)]);
        queue.Write("head"u8);
        queue.WriteShared(shared, 1000, 5000);
        queue.WriteFile(file, 100, 4000);
        queue.Write("tail"u8);
        byte[] expected = [.. "head"u8, .. shared.AsSpan(1000, 5000), .. file.Bytes.Slice(100, 4000), .. "tail"u8];

        byte[] received = fixture.WriteAll(queue);

        Assert.Equal(expected, received);
        Assert.True(queue.IsEmpty);
        Assert.Equal(1, file.References);
    }

    [Fact]
    public void A_write_takes_no_more_than_its_budget()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        queue.Write(new byte[1000]);

        IoResult result = fixture.Server.Write(queue, 400);

        Assert.Equal(IoResult.Done(400), result);
        Assert.Equal(600, queue.Length);
    }

    [Fact]
    public void A_full_connection_would_block_and_says_when_it_is_writable_again()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        var file = new MemoryFile(new byte[32 * 1024 * 1024]);
        queue.WriteFile(file, 0, file.Length);
        long sent = 0;
        for (IoResult result = fixture.Server.Write(queue, long.MaxValue); result.Status == IoStatus.Done; result = fixture.Server.Write(queue, long.MaxValue))
        {
            sent += result.Count;
        }

        Assert.InRange(sent, 1, file.Length - 1);
        bool isWritable = false;
        fixture.Sink.Writable = () =>
        {
            isWritable = true;
            fixture.Server.SetInterest(read: false, write: false);
        };
        fixture.Server.SetInterest(read: false, write: true);
        fixture.Until(() =>
        {
            fixture.Client.Receive();
            return isWritable;
        });
        Assert.Equal(IoStatus.Done, fixture.Server.Write(queue, long.MaxValue).Status);
    }

    [Fact]
    public void A_file_that_is_not_in_memory_is_said_and_nothing_is_lost()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        var file = new MemoryFile([1, 2, 3]) { IsCold = true };
        queue.WriteFile(file, 0, 3);

        Assert.Equal(IoStatus.FileNotInMemory, fixture.Server.Write(queue, long.MaxValue).Status);
        file.Warm(0, 3);

        Assert.Equal([1, 2, 3], fixture.WriteAll(queue));
    }

    [Fact]
    public void A_file_that_changed_fails_the_connection()
    {
        using ITransportFixture fixture = Open();
        var queue = new OutputQueue(new BufferPool());
        queue.WriteFile(new MemoryFile([1, 2, 3]) { HasChanged = true }, 0, 3);

        Assert.Equal(IoResult.Failed(EndReason.ResponseSourceChanged), fixture.Server.Write(queue, long.MaxValue));
    }

    [Fact]
    public void A_half_closed_client_can_still_be_written_to()
    {
        using ITransportFixture fixture = Open();
        fixture.Client.Send(Hello);
        fixture.Client.ShutdownSend();

        Assert.Equal(Hello, fixture.Read(5));
        Assert.Equal(IoStatus.End, fixture.ReadOnce().Status);
        var queue = new OutputQueue(new BufferPool());
        queue.Write("answer"u8);
        Assert.Equal("answer"u8.ToArray(), fixture.WriteAll(queue));
    }

    [Fact]
    public void A_reset_fails_the_next_read()
    {
        using ITransportFixture fixture = Open();
        fixture.Client.Reset();

        Assert.Equal(IoResult.Failed(EndReason.PeerReset), fixture.ReadOnce());
    }

    [Fact]
    public void A_reset_is_told_even_without_interest()
    {
        using ITransportFixture fixture = Open();
        EndReason told = EndReason.None;
        fixture.Sink.Aborted = reason =>
        {
            told = reason;
            fixture.Server.Close();
        };
        fixture.Server.SetInterest(read: false, write: false);
        fixture.Client.Reset();
        fixture.Until(() => told != EndReason.None);

        Assert.Equal(EndReason.PeerReset, told);
    }

    [Fact]
    public void After_shutdown_the_client_sees_the_end_and_can_still_send()
    {
        using ITransportFixture fixture = Open();
        fixture.Server.ShutdownWrite();
        fixture.Until(() => fixture.Client.Receive() is null);
        fixture.Client.Send(Hello);

        Assert.Equal(Hello, fixture.Read(5));
    }

    [Fact]
    public void A_reset_connection_does_not_look_complete_to_the_client()
    {
        using ITransportFixture fixture = Open();
        fixture.Server.Reset();

        Assert.Throws<IOException>(() => fixture.Until(() => fixture.Client.Receive() is null));
    }

    [Fact]
    public void Writing_to_a_client_that_has_gone_fails_and_does_not_end_the_process()
    {
        using ITransportFixture fixture = Open();
        fixture.Client.Reset();
        var queue = new OutputQueue(new BufferPool());
        IoResult result = default;
        fixture.Until(() =>
        {
            queue.Write("x"u8);
            result = fixture.Server.Write(queue, long.MaxValue);
            return result.Status == IoStatus.Failed;
        });

        Assert.Equal(IoStatus.Failed, result.Status);
    }

    [Fact]
    public void A_connection_can_be_closed_twice_and_from_within_its_sink()
    {
        using ITransportFixture fixture = Open();
        bool isClosed = false;
        fixture.Sink.Readable = () =>
        {
            fixture.Server.Close();
            fixture.Server.Close();
            isClosed = true;
        };
        fixture.Server.SetInterest(read: true, write: true);
        fixture.Client.Send(Hello);
        fixture.Until(() => isClosed);
        fixture.Settle();
    }

    [Fact]
    public void Posted_work_runs_in_order_on_the_loop()
    {
        using ITransportFixture fixture = Open();
        var ran = new List<int>();
        for (int i = 0; i < 100; i++)
        {
            int number = i;
            fixture.Loop.Post(new Work(() => ran.Add(number)));
        }

        fixture.Until(() => ran.Count == 100);

        Assert.Equal(Enumerable.Range(0, 100), ran);
    }

    private sealed class Work(Action action) : ILoopWork
    {
        public void Run() => action();
    }
}
