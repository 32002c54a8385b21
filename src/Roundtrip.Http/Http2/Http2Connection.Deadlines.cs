using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

// Deadlines: one moment at which to look, no later than any that counts. A look goes over all streams and finds the next one; so setting a deadline costs a comparison.
public abstract partial class Http2Connection
{
    private long _deadline = Deadline.None;
    private long _idleSince = Deadline.None;
    private long _pingSentAt = Deadline.None;
    private long _stalledSince = Deadline.None;
    private long _sentWhenStalled;

    public void OnDeadline(long now)
    {
        if (now < _deadline || _phase == ConnectionPhase.Over)
        {
            return;
        }

        _deadline = Deadline.None;
        _isRunning = true;
        LookAtConnection(now);
        if (_phase != ConnectionPhase.Over)
        {
            LookAtStreams(now);
        }

        _isRunning = false;
    }

    /// <summary>Has a look taken at <paramref name="moment"/>, or before.</summary>
    internal void Arm(long moment) => _deadline = Math.Min(_deadline, moment);

    private void BecomeIdle()
    {
        _idleSince = Host.Now;
        Arm(_idleSince + Host.Limits.KeepAliveTimeout);
        CloseIfDone();
    }

    private void LookAtConnection(long now)
    {
        if (_phase != ConnectionPhase.Open)
        {
            // From the beginning on, however the bytes drip: the preface and an ordinary first SETTINGS are few.
            if (IsDue(Host.Limits.Head.DeadlineAt(_began, 0), now))
            {
                // Nobody asked for anything, so nobody is told anything: a browser opens connections in advance.
                Over(ConnectionClose.Close, EndReason.RequestHeadTimeout);
            }

            return;
        }

        // A peer that never acknowledges the PING between the two steps does not keep the connection open by it.
        if (_whyGoing != EndReason.None && !_isLastSaid && IsDue(_goingSince + Host.Limits.Timeout, now))
        {
            EndGoAway();
            if (_phase == ConnectionPhase.Over)
            {
                return;
            }
        }

        if (IsInHeaderBlock && IsDue(Host.Limits.Head.DeadlineAt(_blockBegan, _blockLength), now))
        {
            Fail(EndReason.RequestHeadTimeout, ErrorCode.EnhanceYourCalm);
        }
        else if (_settingsUnacknowledged > 0 && IsDue(_settingsSentAt + Host.Limits.Timeout, now))
        {
            // RFC 9113 §6.5.3.
            Fail(EndReason.SettingsTimeout, ErrorCode.SettingsTimeout);
        }
        else if (_streams.Count == 0)
        {
            if (IsDue(_idleSince + Host.Limits.KeepAliveTimeout, now))
            {
                BeginGoAway(EndReason.KeepAliveTimeout);
            }
        }
        else
        {
            LookWhetherPeerLives(now);
            LookAtConnectionWindow(now);
        }
    }

    // A peer that has open streams and says nothing may be gone without a FIN: RFC 9113 §6.7.
    private void LookWhetherPeerLives(long now)
    {
        if (_pingSentAt != Deadline.None && _lastReceived >= _pingSentAt)
        {
            _pingSentAt = Deadline.None;
        }

        if (_pingSentAt == Deadline.None)
        {
            if (IsDue(_lastReceived + Http2Limits.PingAfter, now))
            {
                WritePing(0, isAck: false);
                _pingSentAt = now;
                Arm(now + Host.Limits.Timeout);
            }
        }
        else if (IsDue(_pingSentAt + Host.Limits.Timeout, now))
        {
            Fail(EndReason.PingTimeout, ErrorCode.NoError);
        }
    }

    // CVE-2026-49975 and its kin: responses are held while the peer gives next to no window. Counted in bytes, so that an update of one byte gains nothing.
    private void LookAtConnectionWindow(long now)
    {
        if (_phase == ConnectionPhase.Over || _sendWindow.Available > 0 || _waiting == 0)
        {
            _stalledSince = Deadline.None;
        }
        else if (_stalledSince == Deadline.None)
        {
            (_stalledSince, _sentWhenStalled) = (now, _sentContent);
            Arm(now + Host.Limits.Timeout);
        }
        else if (IsDue(_stalledSince + Host.Limits.Timeout, now))
        {
            if (StallReason(_sentContent - _sentWhenStalled, Host.Limits.Timeout) is var reason and not EndReason.None)
            {
                Fail(reason, ErrorCode.EnhanceYourCalm);
                return;
            }

            (_stalledSince, _sentWhenStalled) = (now, _sentContent);
            Arm(now + Host.Limits.Timeout);
        }
    }

    private void LookAtStreams(long now)
    {
        List<Http2Stream> streams = Resources.Looking;
        streams.AddRange(_streams.Values);
        foreach (Http2Stream stream in streams)
        {
            if (stream.State != StreamState.Closed && _phase != ConnectionPhase.Over)
            {
                LookAt(stream, now);
            }
        }

        streams.Clear();
    }

    private void LookAt(Http2Stream stream, long now)
    {
        if (stream.StalledSince != Deadline.None && IsDue(stream.StalledSince + stream.Timeout, now))
        {
            EndReason reason = stream.SendWindow.Available > 0 ? EndReason.None : StallReason(stream.SentContent - stream.SentWhenStalled, stream.Timeout);
            if (reason != EndReason.None)
            {
                ResetStream(stream, PeerError(reason, ErrorCode.Cancel));
                return;
            }

            (stream.StalledSince, stream.SentWhenStalled) = (now, stream.SentContent);
            Arm(now + stream.Timeout);
        }

        if (IsDue(stream.User.Deadline, now))
        {
            stream.User.OnDeadline(now);
        }
    }

    private EndReason StallReason(long taken, int within) => taken == 0 ? EndReason.ResponseStalled
        : taken * 1000 < (long)Host.Limits.ResponseMinRate * within ? EndReason.ResponseTooSlow
        : EndReason.None;

    // What is not due yet is what the next look is for.
    private bool IsDue(long moment, long now)
    {
        if (now >= moment)
        {
            return true;
        }

        Arm(moment);
        return false;
    }
}
