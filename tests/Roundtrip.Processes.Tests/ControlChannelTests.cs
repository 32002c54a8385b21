using System.Security.Cryptography;
using Roundtrip.Interop;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Tests;

public sealed class ControlChannelTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly ControlRules Open = new(new HashSet<byte> { 1, 2 }, MaximumPayload: 10_000_000, MaximumDescriptors: 500);
    private static readonly ControlRules Closed = new(new HashSet<byte> { 1, 2 }, MaximumPayload: 1024, MaximumDescriptors: 0);

    private readonly ControlChannel _one;
    private readonly ControlChannel _other;

    public ControlChannelTests()
    {
        _one = ControlChannel.CreatePair(out OwnedDescriptor other);
        _other = ControlChannel.Over(other);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ControlFrame.MaximumInline)]
    [InlineData(ControlFrame.MaximumInline + 1)]
    [InlineData(5_000_000)]
    public void A_payload_of_any_length_arrives(int length)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(length);
        Assert.True(_one.TrySend(2, payload, [], Limit, out _));

        Assert.Equal(ControlResult.Message, _other.TryReceive(Open, out ControlMessage? message, out _));
        using (message)
        {
            Assert.Equal(2, message!.Kind);
            Assert.True(payload.AsSpan().SequenceEqual(message.Payload.Span));
            Assert.Empty(message.Descriptors);
        }
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(200, 10)]
    [InlineData(200, 50_000)]
    [InlineData(201, 10)]
    [InlineData(500, 50_000)]
    public void Descriptors_arrive_in_their_order_and_close_on_exec(int count, int length)
    {
        int before = OpenDescriptors.Count();
        (OwnedDescriptor read, OwnedDescriptor write) = DescriptorPair.Pipe();
        OwnedDescriptor[] sent = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? read : write)];
        Assert.True(_one.TrySend(1, new byte[length], sent, Limit, out _));

        Assert.Equal(ControlResult.Message, _other.TryReceive(Open, out ControlMessage? message, out _));
        Assert.Equal(sent.Select(LinkOf), message!.Descriptors.Select(LinkOf));
        Assert.All(message.Descriptors, descriptor => Assert.Equal(Libc.FdCloexec, Libc.Fcntl(descriptor, Libc.FGetfd, 0)));
        message.Dispose();
        read.Dispose();
        write.Dispose();
        Assert.Equal(before, OpenDescriptors.Count());
    }

    [Fact]
    public void Messages_keep_their_order_and_their_bounds()
    {
        for (byte i = 1; i <= 2; i++)
        {
            Assert.True(_one.TrySend(i, [i, i], [], Limit, out _));
        }

        for (byte i = 1; i <= 2; i++)
        {
            Assert.Equal(ControlResult.Message, _other.TryReceive(Closed, out ControlMessage? message, out _));
            Assert.Equal([i, i], message!.Payload.ToArray());
        }

        Assert.Equal(ControlResult.Nothing, _other.TryReceive(Closed, out _, out _));
    }

    [Fact]
    public void The_end_of_the_other_side_is_seen()
    {
        Assert.Equal(ControlResult.Nothing, _other.TryReceive(Closed, TimeSpan.FromMilliseconds(10), out _, out _));
        _one.Dispose();
        Assert.Equal(ControlResult.Closed, _other.TryReceive(Closed, Limit, out _, out _));
        Assert.False(_other.TrySend(1, [], [], Limit, out SystemError? error));
        Assert.Equal("sendmsg: Broken pipe", error!.Text);
    }

    [Fact]
    public void A_side_that_does_not_read_does_not_stop_the_sender_for_ever()
    {
        SystemError? error = null;
        for (int i = 0; i < 10_000 && error is null; i++)
        {
            _one.TrySend(1, new byte[1000], [], TimeSpan.FromMilliseconds(20), out error);
        }

        Assert.Equal(Errno.Etimedout, error!.Number);
    }

    [Theory]
    [InlineData(3, 10, 0, "a message of unknown kind 3")]
    [InlineData(1, 1025, 0, "a payload of 1025 bytes, of which 1024 are allowed")]
    [InlineData(1, 10, 1, "descriptors that were not asked for")]
    [InlineData(1, 10, 200, "descriptors that were not asked for")]
    [InlineData(1, 100_000, 0, "descriptors that were not asked for")]
    public void What_is_not_allowed_is_an_error_and_leaves_no_descriptor(byte kind, int length, int descriptors, string text)
    {
        int before = OpenDescriptors.Count();
        Assert.True(_one.TrySend(kind, new byte[length], [.. Enumerable.Repeat(OwnedDescriptor.StandardError, descriptors)], Limit, out _));

        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Closed, out ControlMessage? message, out string? error));
        Assert.Null(message);
        Assert.Equal(text, error);
        Assert.Equal(before, OpenDescriptors.Count());
    }

    [Fact]
    public void More_descriptors_than_are_allowed_are_closed()
    {
        int before = OpenDescriptors.Count();
        Assert.True(_one.TrySend(1, [], [.. Enumerable.Repeat(OwnedDescriptor.StandardError, 501)], Limit, out _));

        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal("more than 500 descriptors", error);
        Assert.Equal(before, OpenDescriptors.Count());
    }

    [Fact]
    public void A_packet_longer_than_any_is_an_error()
    {
        Assert.Equal(40_000, Raw(new byte[40_000]));
        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal("a packet of more than 16396 bytes", error);
    }

    [Fact]
    public void A_payload_that_its_sender_could_still_change_is_not_read()
    {
        using OwnedDescriptor memory = OwnedDescriptor.Result(Libc.MemfdCreate("test", Libc.MfdCloexec), "memfd_create");
        SendInMemory(memory, 0);
        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal("the payload's descriptor is not a sealed memfd", error);
    }

    [Fact]
    public void A_payload_shorter_than_said_is_not_read()
    {
        using OwnedDescriptor memory = SealedMemory.Create([1, 2, 3]);
        SendInMemory(memory, 4);
        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal("the payload's memfd is not as long as the head says", error);
    }

    [Fact]
    public void A_message_that_is_cut_off_by_another_is_an_error()
    {
        var packets = new PacketSocket(_one.Socket);
        Assert.Null(packets.Send(new ControlFrame(1, false, 1, 0, 3), [], [OwnedDescriptor.StandardError], long.MaxValue));
        Assert.Equal(ControlResult.Nothing, _other.TryReceive(Open, out _, out _));
        Assert.Null(packets.Send(new ControlFrame(2, false, 0, 0, 0), [], [], long.MaxValue));

        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal("a packet that does not continue the message before it", error);
    }

    public static TheoryData<string, string> BadHeads() => new()
    {
        { "01", "a packet of 1 bytes is shorter than its head" },
        { "0100000000000000000000", "a packet of 11 bytes is shorter than its head" },
        { "010200000000000000000000", "unknown flags 2" },
        { "010001000000000000000000", "0 descriptors came where the head says 1" },
        { "01000000ffffffff00000000", "a negative length" },
        { "0100000000000000ffffffff", "a negative length" },
        { "010100000000000000000000", "a payload in memory without its descriptor" },
        { "010000000100000000000000", "0 bytes of payload do not fit the head" },
        { "010000000000000000000000ff", "1 bytes of payload do not fit the head" },
        { "010000000100000001000000ff", "1 bytes of payload do not fit the head" },
    };

    [Theory]
    [MemberData(nameof(BadHeads))]
    public void A_head_that_does_not_fit_its_packet_is_an_error(string packet, string text)
    {
        Raw(Convert.FromHexString(packet));

        Assert.Equal(ControlResult.Invalid, _other.TryReceive(Open, out _, out string? error));
        Assert.Equal(text, error);
    }

    private static string? LinkOf(OwnedDescriptor descriptor) => new FileInfo($"/proc/self/fd/{descriptor.Number}").LinkTarget;

    private void SendInMemory(OwnedDescriptor memory, int length) =>
        Assert.Null(new PacketSocket(_one.Socket).Send(new ControlFrame(1, true, 1, length, 0), [], [memory], long.MaxValue));

    private unsafe nint Raw(byte[] packet)
    {
        fixed (byte* first = packet)
        {
            return Libc.SendTo(_one.Socket, first, packet.Length, Libc.MsgNosignal, null, 0);
        }
    }
}
