using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>UDP as an ordinary user: a socket for each flow, and its error queue.</summary>
internal sealed class DatagramProber(ProbeIdentity identity, ProbeWriter writer, SocketChoice choice) : IProber
{
    private readonly List<(ProbeSocket Socket, ushort Flow)> _sockets = [];
    private readonly List<ProbeSocket> _waited = [];
    private readonly byte[] _data = new byte[writer.DataSize];
    private readonly byte[] _buffer = new byte[2048];

    /// <inheritdoc/>
    public int Untold { get; private set; }

    public void Dispose() => _waited.ForEach(socket => socket.Dispose());

    /// <inheritdoc/>
    public int Send(in Probe probe, out long at)
    {
        at = MonotonicClock.Now;
        writer.WriteData(probe, _data);
        int errno = SocketOf(probe.Flow, out ProbeSocket socket);
        if (errno != 0)
        {
            return errno;
        }

        socket.SetTimeToLive(probe.TimeToLive);

        // ip(7): an answer to an earlier probe is also reported by the next call; it waits in the queue, and this one was not sent.
        errno = socket.Send(_data, out at);
        return errno == 0 ? 0 : socket.Send(_data, out at);
    }

    /// <inheritdoc/>
    public bool TryReceive(out Answer answer)
    {
        foreach ((ProbeSocket socket, ushort flow) in _sockets)
        {
            while (socket.TryReceiveError(_buffer, out Received received))
            {
                ReadOnlySpan<byte> quoted = _buffer.AsSpan(0, Math.Min(received.Length, _buffer.Length));
                if (!identity.TryReadData(quoted, out ushort id))
                {
                    Untold++;
                    continue;
                }

                answer = QueuedErrors.Read(received, quoted, identity.IsV6, id, flow);
                if (answer.Kind != AnswerKind.None)
                {
                    return true;
                }
            }

            // A service at the port may have something to say; that it answers is what we wanted to know.
            while (socket.TryReceive(_buffer, out Received received))
            {
                if (identity.TryReadData(_buffer.AsSpan(0, received.Length), out ushort id))
                {
                    answer = new Answer(id, flow, identity.Target, AnswerKind.Reached, received.At) { TimeToLive = received.TimeToLive };
                    return true;
                }
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(long nanoseconds) => ProbeSockets.Wait(_waited, forConnections: false, nanoseconds);

    private int SocketOf(ushort flow, out ProbeSocket socket)
    {
        foreach ((ProbeSocket known, ushort itsFlow) in _sockets)
        {
            if (itsFlow == flow)
            {
                socket = known;
                return 0;
            }
        }

        socket = choice.Open(ProbeSocketKind.Datagram, identity.IsV6);
        _sockets.Add((socket, flow));
        _waited.Add(socket);
        return socket.Connect(identity.Target.WithPort(identity.TargetPortOf(flow)), out _);
    }
}
