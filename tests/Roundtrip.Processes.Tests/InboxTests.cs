using System.Text;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Tests;

public sealed class InboxTests : IDisposable
{
    private readonly Inbox _inbox = new();

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void What_nobody_took_is_taken_back_in_order_and_what_was_taken_is_not()
    {
        foreach (string text in (string[])["one", "two", "three"])
        {
            Assert.Equal(StreamResult.Done, _inbox.TryPut(Encoding.ASCII.GetBytes(text)));
        }

        byte[] message = new byte[Inbox.LongestMessage];
        using OwnedDescriptor theirs = _inbox.Reader.Duplicate();
        Assert.Equal(StreamResult.Done, DescriptorStream.TryReceive(theirs, message, out int count));
        Assert.Equal("one", Encoding.ASCII.GetString(message, 0, count));

        Assert.True(_inbox.TryTakeBack(message, out count));
        Assert.Equal("two", Encoding.ASCII.GetString(message, 0, count));
        Assert.True(_inbox.TryTakeBack(message, out count));
        Assert.Equal("three", Encoding.ASCII.GetString(message, 0, count));
        Assert.False(_inbox.TryTakeBack(message, out _));
        Assert.Equal(StreamResult.WouldWait, DescriptorStream.TryReceive(theirs, message, out _));
    }

    [Fact]
    public void The_longest_message_comes_whole()
    {
        byte[] longest = new byte[Inbox.LongestMessage];
        new Random(1).NextBytes(longest);
        Assert.Equal(StreamResult.Done, _inbox.TryPut(longest));

        byte[] message = new byte[Inbox.LongestMessage];
        Assert.True(_inbox.TryTakeBack(message, out int count));
        Assert.Equal(longest, message[..count]);
    }

    [Fact]
    public void Of_a_message_that_is_longer_than_the_room_for_it_the_beginning_comes_and_no_more()
    {
        _inbox.TryPut("first message"u8);
        _inbox.TryPut("second"u8);

        byte[] message = new byte[5];
        Assert.True(_inbox.TryTakeBack(message, out int count));
        Assert.Equal(("first", 5), (Encoding.ASCII.GetString(message), count));
        Assert.True(_inbox.TryTakeBack(message, out _));
        Assert.Equal("secon", Encoding.ASCII.GetString(message));
    }

    [Fact]
    public void One_that_is_full_says_so_and_loses_nothing()
    {
        int put = 0;
        while (_inbox.TryPut(BitConverter.GetBytes(put)) is var result && result == StreamResult.Done)
        {
            put++;
        }

        byte[] message = new byte[Inbox.LongestMessage];
        for (int i = 0; i < put; i++)
        {
            Assert.True(_inbox.TryTakeBack(message, out _));
            Assert.Equal(i, BitConverter.ToInt32(message));
        }

        Assert.False(_inbox.TryTakeBack(message, out _));
        Assert.Equal(StreamResult.Done, _inbox.TryPut(message.AsSpan(0, 1)));
    }

    [Fact]
    public void One_whose_reading_end_was_shut_down_takes_no_more()
    {
        using (var socket = new System.Net.Sockets.Socket(new System.Net.Sockets.SafeSocketHandle(_inbox.Reader.Number, ownsHandle: false)))
        {
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Receive);
        }

        Assert.Equal(StreamResult.Closed, _inbox.TryPut("late"u8));
    }
}
