using Roundtrip.Interop;
using Roundtrip.Trace.Probes;
using Roundtrip.Transport.RawSockets;

namespace Roundtrip.Tools.Tracing;

/// <summary>SYNs as an ordinary user: each is a connection that is begun, from a port of its own, and reset when it stands.</summary>
internal sealed class ConnectProber(ProbeIdentity identity, SocketChoice choice) : IProber
{
    // The kernel repeats a SYN after a second, and whose answer then comes nobody could tell.
    private const long LongestWait = 950_000_000;

    private readonly List<Attempt> _attempts = [];
    private readonly List<ProbeSocket> _waited = [];
    private readonly byte[] _buffer = new byte[2048];

    private sealed record Attempt(ProbeSocket Socket, Probe Probe, long At);

    /// <inheritdoc/>
    public int Untold => 0;

    public void Dispose() => _waited.ForEach(socket => socket.Dispose());

    /// <inheritdoc/>
    public int Send(in Probe probe, out long at)
    {
        ProbeSocket socket = choice.Open(ProbeSocketKind.Stream, identity.IsV6);
        socket.SetTimeToLive(probe.TimeToLive);
        socket.SetFewSyns();
        socket.ResetOnClose();
        int errno = socket.Connect(identity.Target.WithPort(identity.TargetPort), out at);
        _attempts.Add(new Attempt(socket, probe, at));
        _waited.Add(socket);
        return errno;
    }

    /// <inheritdoc/>
    public bool TryReceive(out Answer answer)
    {
        for (int i = _attempts.Count - 1; i >= 0; i--)
        {
            Attempt attempt = _attempts[i];
            if (TryTell(attempt, out answer) || MonotonicClock.Now - attempt.At > LongestWait)
            {
                attempt.Socket.Dispose();
                _attempts.RemoveAt(i);
                _waited.RemoveAt(i);
                if (answer.Kind != AnswerKind.None)
                {
                    return true;
                }
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(long nanoseconds) => ProbeSockets.Wait(_waited, forConnections: true, nanoseconds);

    private bool TryTell(Attempt attempt, out Answer answer)
    {
        (ProbeSocket socket, Probe probe, long at) = attempt;
        if (socket.TryReceiveError(_buffer, out Received received))
        {
            answer = QueuedErrors.Read(received, _buffer.AsSpan(0, Math.Min(received.Length, _buffer.Length)), identity.IsV6, probe.Id, probe.Flow);
            return true;
        }

        ConnectionState state = socket.State;
        bool isReached = state == ConnectionState.Established || (state == ConnectionState.Closed && socket.TakeError() == Errno.Econnrefused);
        long when = state == ConnectionState.Established && socket.MeasuredRoundTrip is > 0 and long measured ? at + measured : MonotonicClock.Now;
        answer = isReached ? new Answer(probe.Id, probe.Flow, identity.Target, AnswerKind.Reached, when) : default;
        return state != ConnectionState.Pending;
    }
}
