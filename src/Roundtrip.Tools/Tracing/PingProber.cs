using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>Echo requests as an ordinary user whose group net.ipv4.ping_group_range names. The kernel gives them the socket's identifier.</summary>
internal sealed class PingProber(ProbeIdentity identity, ProbeWriter writer, SocketChoice choice) : IProber
{
    private readonly ProbeSocket _socket = choice.Open(ProbeSocketKind.Ping, identity.IsV6);
    private readonly Dictionary<ushort, ushort> _flows = [];
    private readonly byte[] _message = new byte[Ipv4Header.LargestPacket];
    private readonly byte[] _buffer = new byte[2048];
    private bool _isConnected;

    /// <inheritdoc/>
    public int Untold => 0;

    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public int Send(in Probe probe, out long at)
    {
        at = MonotonicClock.Now;
        int errno = _isConnected ? 0 : _socket.Connect(identity.Target, out _);
        if (errno != 0)
        {
            return errno;
        }

        _isConnected = true;
        _flows[probe.Id] = probe.Flow;
        ReadOnlySpan<byte> message = _message.AsSpan(0, writer.WriteEcho(probe, _message));
        _socket.SetTimeToLive(probe.TimeToLive);
        return _socket.SendBehindErrors(message, out at);
    }

    /// <inheritdoc/>
    public bool TryReceive(out Answer answer)
    {
        while (_socket.TryReceiveError(_buffer, out Received received))
        {
            ReadOnlySpan<byte> quoted = _buffer.AsSpan(0, Math.Min(received.Length, _buffer.Length));
            if (IcmpHeader.TryRead(quoted, out IcmpHeader echo, out ReadOnlySpan<byte> data) && IsOurs(echo, data, isQuoted: true))
            {
                answer = QueuedErrors.Read(received, quoted, identity.IsV6, echo.Sequence, _flows[echo.Sequence]);
                if (answer.Kind != AnswerKind.None)
                {
                    return true;
                }
            }
        }

        while (_socket.TryReceive(_buffer, out Received received))
        {
            if (IcmpHeader.TryRead(_buffer.AsSpan(0, received.Length), out IcmpHeader reply, out ReadOnlySpan<byte> data) && IsOurs(reply, data, isQuoted: false))
            {
                answer = new Answer(reply.Sequence, _flows[reply.Sequence], received.From, AnswerKind.Reached, received.At) { TimeToLive = received.TimeToLive };
                return true;
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(long nanoseconds) => ProbeSockets.Wait([_socket], forConnections: false, nanoseconds);

    // An error may quote no more than the header, whose identifier the kernel has matched.
    private bool IsOurs(in IcmpHeader echo, ReadOnlySpan<byte> data, bool isQuoted) =>
        _flows.ContainsKey(echo.Sequence) && ((isQuoted && data.Length < ProbeIdentity.TokenSize) || (identity.TryReadData(data, out ushort id) && id == echo.Sequence));
}
