using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>
/// UDP as an ordinary user: a socket for each flow, and its error queue. Where routers quote no more than the ports, a hop that has told nothing yet is asked from a port of its own, by which its
/// answer is told.
/// </summary>
internal sealed class DatagramProber(ProbeIdentity identity, ProbeWriter writer, SocketChoice choice) : IProber
{
    // Less than the 1024 descriptors that a process has as a rule; more than are under way at once.
    private const int MostWays = 500;

    private readonly List<Way> _ways = [];
    private readonly List<ProbeSocket> _waited = [];
    private readonly Dictionary<ushort, byte> _timesToLive = [];
    private readonly HashSet<byte> _told = [];
    private readonly byte[] _data = new byte[Ipv4Header.LargestPacket];
    private readonly byte[] _buffer = new byte[2048];

    /// <param name="Only">The probe that alone was sent by this socket; 0 where it is a flow's.</param>
    private sealed record Way(ProbeSocket Socket, ushort Flow, ushort Only);

    /// <summary>Whether no probe gets a port of its own.</summary>
    public bool KeepsFlows { get; init; }

    /// <inheritdoc/>
    public int Untold { get; private set; }

    public void Dispose() => _waited.ForEach(socket => socket.Dispose());

    /// <inheritdoc/>
    public int Send(in Probe probe, out long at)
    {
        at = MonotonicClock.Now;
        ReadOnlySpan<byte> data = _data.AsSpan(0, writer.WriteData(probe, _data));
        _timesToLive[probe.Id] = probe.TimeToLive;
        int errno = SocketOf(probe, out ProbeSocket socket);
        if (errno != 0)
        {
            return errno;
        }

        socket.SetTimeToLive(probe.TimeToLive);
        return socket.SendBehindErrors(data, out at);
    }

    /// <inheritdoc/>
    public bool TryReceive(out Answer answer)
    {
        foreach (Way way in _ways)
        {
            while (way.Socket.TryReceiveError(_buffer, out Received received))
            {
                ReadOnlySpan<byte> quoted = _buffer.AsSpan(0, Math.Min(received.Length, _buffer.Length));
                if (TryTell(way, quoted, out ushort id))
                {
                    answer = QueuedErrors.Read(received, quoted, identity.IsV6, id, way.Flow);
                    if (answer.Kind != AnswerKind.None)
                    {
                        return true;
                    }
                }
            }

            // A service at the port may have something to say; that it answers is what we wanted to know.
            while (way.Socket.TryReceive(_buffer, out Received received))
            {
                if (TryTell(way, _buffer.AsSpan(0, received.Length), out ushort id))
                {
                    answer = new Answer(id, way.Flow, identity.Target, AnswerKind.Reached, received.At) { TimeToLive = received.TimeToLive };
                    return true;
                }
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(long nanoseconds) => ProbeSockets.Wait(_waited, forConnections: false, nanoseconds);

    private bool TryTell(Way way, ReadOnlySpan<byte> data, out ushort id)
    {
        bool isTold = identity.TryReadData(data, out id) || way.Only != 0;
        id = way.Only != 0 ? way.Only : id;
        if (isTold && _timesToLive.TryGetValue(id, out byte timeToLive))
        {
            _told.Add(timeToLive);
            return true;
        }

        Untold++;
        return false;
    }

    private int SocketOf(Probe probe, out ProbeSocket socket)
    {
        bool isAlone = !KeepsFlows && Untold > 0 && !_told.Contains(probe.TimeToLive);
        if (!isAlone && _ways.Find(way => way.Flow == probe.Flow && way.Only == 0) is { } known)
        {
            socket = known.Socket;
            return 0;
        }

        if (_ways.Count == MostWays)
        {
            // The oldest of a trace that goes on has had its time; a flow's own socket keeps the flow's port.
            int oldest = Math.Max(0, _ways.FindIndex(way => way.Only != 0));
            _waited[oldest].Dispose();
            _ways.RemoveAt(oldest);
            _waited.RemoveAt(oldest);
        }

        socket = choice.Open(ProbeSocketKind.Datagram, identity.IsV6);
        _ways.Add(new Way(socket, probe.Flow, isAlone ? probe.Id : (ushort)0));
        _waited.Add(socket);
        return socket.Connect(identity.Target.WithPort(identity.TargetPortOf(probe.Flow)), out _);
    }
}
