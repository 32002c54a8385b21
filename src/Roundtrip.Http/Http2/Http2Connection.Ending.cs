using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

// The ends of a connection: an error (GOAWAY with its code), or in good order (GOAWAY in two steps, so that a request that is under way meanwhile is answered).
public abstract partial class Http2Connection
{
    // The payload of the PING between the two steps of RFC 9113 §6.8.
    private const ulong StopPayload = 0x525454_53544F50;

    private EndReason _whyGoing;
    private long _goingSince;
    private bool _isLastSaid;
    private bool _isPeerLeaving;

    /// <summary>Whether no new stream is to be opened, by whom ever.</summary>
    private protected bool IsGoingAway => _whyGoing != EndReason.None || _isPeerLeaving;

    /// <summary>Whether the connection ends in good order by our own wish.</summary>
    internal bool IsStopping => _whyGoing == EndReason.ServerStopping;

    /// <summary>The connection is to end: what is carried on a stream may last for ever otherwise.</summary>
    private protected virtual void TellStopping(Http2Stream stream)
    {
    }

    /// <summary>The last stream of the peer's that we said we might act on; later ones are not read.</summary>
    private protected int LastAccepted { get; private set; } = int.MaxValue;

    private protected void Fail(EndReason reason, ErrorCode code) => Fail(ProtocolError.FromPeer(reason, (int)code));

    /// <summary>RFC 9113 section 5.4.1: an error of the connection.</summary>
    private protected void Fail(in ProtocolError error)
    {
        if (_phase == ConnectionPhase.Over)
        {
            return;
        }

        Host.Report(error);

        // The sentence goes with it (RFC 9113 §6.8, debug data): it names what the peer did, and nothing of ours.
        FrameWriter.WriteGoAway(Host.Output, Math.Min(_lastOfPeer, LastAccepted), (ErrorCode)error.Code, Encoding.ASCII.GetBytes(EndReasons.Describe(error.Reason)));
        Over(ConnectionClose.Linger, error.Reason);
        EndStreams(error.Reason);
    }

    private void BeginGoAway(EndReason reason)
    {
        if (_whyGoing != EndReason.None)
        {
            if (_streams.Count == 0)
            {
                EndGoAway();
            }

            return;
        }

        (_whyGoing, _goingSince) = (reason, Host.Now);
        if (_streams.Count == 0)
        {
            EndGoAway();
            return;
        }

        FrameWriter.WriteGoAway(Host.Output, int.MaxValue, ErrorCode.NoError);
        WritePing(StopPayload, isAck: false);
        Arm(_goingSince + Host.Limits.Timeout);
    }

    // The peer has seen the first step, so what it sent before that has come: now the number is the true one.
    private void EndGoAway()
    {
        if (_isLastSaid || _whyGoing == EndReason.None)
        {
            return;
        }

        _isLastSaid = true;
        LastAccepted = _lastOfPeer;
        FrameWriter.WriteGoAway(Host.Output, _lastOfPeer, ErrorCode.NoError);
        CloseIfDone();
    }

    private void OnGoAway(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        GoAwayFrame.Read(header, payload, out GoAwayFrame frame);
        _isPeerLeaving = true;
        OnPeerLeaving(frame.LastStreamId, frame.Code);
        CloseIfDone();
    }

    /// <summary>The peer opens no more streams, and acts on none of ours above <paramref name="lastStreamId"/>.</summary>
    private protected virtual void OnPeerLeaving(int lastStreamId, ErrorCode code)
    {
    }

    private void CloseIfDone()
    {
        if (_phase != ConnectionPhase.Over && _streams.Count == 0 && (_isLastSaid || _isPeerLeaving))
        {
            if (!_isLastSaid)
            {
                FrameWriter.WriteGoAway(Host.Output, _lastOfPeer, ErrorCode.NoError);
            }

            Over(ConnectionClose.Linger, _whyGoing == EndReason.None ? EndReason.PeerClosed : _whyGoing);
        }
    }

    private void Over(ConnectionClose how, EndReason reason)
    {
        _phase = ConnectionPhase.Over;
        _closing = how;
        _whyClose = reason;
    }
}
