namespace Roundtrip.Http.Http2;

/// <summary>
/// Measures how much one round trip of this connection holds, by a PING that is sent with the first DATA after the last measure: what comes until its
/// acknowledgement was under way together. Where that nearly fills the window, the window is what slows the peer down, and it is doubled, up to a limit.
/// No clock is needed: a longer path and a faster one both show as more bytes.
/// </summary>
public struct BandwidthEstimate(int limit)
{
    /// <summary>The payload of the PING, so that its acknowledgement is told from those of others.</summary>
    public const ulong Payload = 0x525454_2D42_4450;

    private long _received;
    private bool _isMeasuring;

    /// <summary>Counts a DATA frame.</summary>
    /// <returns>Whether a PING with <see cref="Payload"/> is to be sent now.</returns>
    public bool Receive(int bytes, int window)
    {
        if (_isMeasuring)
        {
            _received += bytes;
            return false;
        }

        _received = bytes;
        _isMeasuring = window < limit;
        return _isMeasuring;
    }

    /// <summary>The PING was acknowledged.</summary>
    /// <returns>The size that the window should have.</returns>
    public int Acknowledged(int window)
    {
        _isMeasuring = false;
        return _received >= window / 3 * 2L ? (int)Math.Min(limit, window * 2L) : window;
    }
}
