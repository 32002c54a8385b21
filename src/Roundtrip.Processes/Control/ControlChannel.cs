using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Control;

/// <summary>
/// Messages with descriptors between two processes, over a pair of SOCK_SEQPACKET sockets. Neither side trusts the other: <see cref="ControlRules"/> say what
/// a receiver takes. In a loop: poll <see cref="Socket"/>, then <see cref="TryReceive(ControlRules, out ControlMessage?, out string?)"/> until it has nothing.
/// </summary>
/// <remarks>One thread at a time receives, one at a time sends.</remarks>
public sealed class ControlChannel : IDisposable
{
    private readonly PacketSocket _packets;
    private readonly List<OwnedDescriptor> _gathered = [];
    private int _expected = -1;
    private byte _kind;

    private ControlChannel(OwnedDescriptor socket)
    {
        Socket = socket;
        _packets = new PacketSocket(socket);
    }

    public OwnedDescriptor Socket { get; }

    /// <summary>Two ends; <paramref name="other"/> is for a child's <see cref="Spawning.ChildStart.Descriptors"/>, and closed here once it has it.</summary>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static ControlChannel CreatePair(out OwnedDescriptor other)
    {
        (OwnedDescriptor one, other) = DescriptorPair.PacketSockets();
        return new ControlChannel(one);
    }

    /// <summary>The end that a child was given.</summary>
    public static ControlChannel Over(OwnedDescriptor socket) => new(socket);

    /// <summary>Sends a message whole, waiting for room for <paramref name="limit"/> at most. The descriptors stay the caller's.</summary>
    /// <returns>False where it was not sent, and then the channel is of no use any more.</returns>
    public bool TrySend(byte kind, ReadOnlySpan<byte> payload, IReadOnlyList<OwnedDescriptor> descriptors, TimeSpan limit, out SystemError? error)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        long until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        OwnedDescriptor? memory = null;
        try
        {
            memory = payload.Length > ControlFrame.MaximumInline ? SealedMemory.Create(payload) : null;
            List<OwnedDescriptor> all = memory is null ? [.. descriptors] : [.. descriptors, memory];
            int sent = 0;
            do
            {
                int count = Math.Min(all.Count - sent, ControlFrame.MaximumPerPacket);
                int toCome = all.Count - sent - count;
                var frame = new ControlFrame(kind, memory is not null, count, payload.Length, toCome);
                ReadOnlySpan<byte> inline = toCome == 0 && memory is null ? payload : default;
                if ((error = _packets.Send(frame, inline, all.GetRange(sent, count), until)) is not null)
                {
                    return false;
                }

                sent += count;
            }
            while (sent < all.Count);

            return true;
        }
        catch (ProcessException fault)
        {
            error = SystemError.Plain("sendmsg", fault.Message);
            return false;
        }
        finally
        {
            memory?.Dispose();
        }
    }

    /// <summary>Receives a message if one is there. Does not wait.</summary>
    /// <param name="error">What rule was broken, with <see cref="ControlResult.Invalid"/>.</param>
    public ControlResult TryReceive(ControlRules rules, out ControlMessage? message, out string? error)
    {
        ArgumentNullException.ThrowIfNull(rules);
        message = null;
        while (true)
        {
            int already = _gathered.Count;
            ControlResult result = _packets.Receive(rules.MaximumDescriptors > 0, _gathered, out ReadOnlySpan<byte> packet, out error);
            if (result != ControlResult.Message)
            {
                // A message that was cut off in its middle is not one.
                return result == ControlResult.Nothing ? result : Forget(result);
            }

            error = ControlFrame.Parse(packet, _gathered.Count - already, out ControlFrame frame) ?? Check(rules, frame, already);
            if (error is not null)
            {
                return Forget(ControlResult.Invalid);
            }

            if (frame.DescriptorsToCome == 0)
            {
                error = Complete(frame, packet[ControlFrame.HeadLength..], out message);
                return error is null ? ControlResult.Message : Forget(ControlResult.Invalid);
            }

            (_expected, _kind) = (frame.DescriptorsToCome, frame.Kind);
        }
    }

    /// <summary>Receives a message, waiting for it for <paramref name="limit"/> at most.</summary>
    public ControlResult TryReceive(ControlRules rules, TimeSpan limit, out ControlMessage? message, out string? error)
    {
        long until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            ControlResult result = TryReceive(rules, out message, out error);
            if (result != ControlResult.Nothing || !PollSet.WaitFor(Socket, Libc.PollIn, until))
            {
                return result;
            }
        }
    }

    public void Dispose()
    {
        Forget(ControlResult.Closed);
        Socket.Dispose();
    }

    private string? Check(ControlRules rules, ControlFrame frame, int already) =>
        !rules.Kinds.Contains(frame.Kind) ? $"a message of unknown kind {frame.Kind}"
        : frame.PayloadLength > rules.MaximumPayload ? $"a payload of {frame.PayloadLength} bytes, of which {rules.MaximumPayload} are allowed"
        : (long)_gathered.Count + frame.DescriptorsToCome > rules.MaximumDescriptors + (frame.IsInMemory ? 1L : 0L) ? $"more than {rules.MaximumDescriptors} descriptors"
        : _expected >= 0 && (frame.Kind != _kind || _gathered.Count - already + frame.DescriptorsToCome != _expected) ? "a packet that does not continue the message before it"
        : null;

    private string? Complete(ControlFrame frame, ReadOnlySpan<byte> inline, out ControlMessage? message)
    {
        message = null;
        byte[] payload;
        if (frame.IsInMemory)
        {
            using OwnedDescriptor memory = _gathered[^1];
            _gathered.RemoveAt(_gathered.Count - 1);
            if (SealedMemory.Read(memory, frame.PayloadLength, out payload) is { } fault)
            {
                return fault;
            }
        }
        else
        {
            payload = inline.ToArray();
        }

        message = new ControlMessage(frame.Kind, payload, [.. _gathered]);
        _gathered.Clear();
        _expected = -1;
        return null;
    }

    private ControlResult Forget(ControlResult result)
    {
        _gathered.ForEach(descriptor => descriptor.Dispose());
        _gathered.Clear();
        return result;
    }
}
