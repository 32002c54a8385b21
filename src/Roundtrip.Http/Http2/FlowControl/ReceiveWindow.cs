namespace Roundtrip.Http.Http2;

/// <summary>
/// How many bytes of DATA we let the peer send, on a stream or on the connection (RFC 9113 section 6.9). What is received counts against it until somebody has used it;
/// what was used is given back in one WINDOW_UPDATE when it is worth a frame. Its size may grow.
/// </summary>
public struct ReceiveWindow(int size)
{
    // What the peer may still send, and what was used and not yet given back.
    private int _available = size;
    private int _used;

    /// <summary>The size that is aimed at: what the peer may have under way at one time.</summary>
    public int Size { get; private set; } = size;

    /// <summary>What the peer may still send.</summary>
    public readonly int Available => _available;

    /// <summary>Counts a frame's payload, padding too.</summary>
    /// <returns>False where the peer had no right to it: FLOW_CONTROL_ERROR.</returns>
    public bool TryReceive(int bytes)
    {
        if (bytes > _available)
        {
            return false;
        }

        _available -= bytes;
        return true;
    }

    /// <summary>Says that so many received bytes need no memory any more.</summary>
    /// <returns>The increment that is to be sent now, or 0: half a window is worth a frame.</returns>
    public int Use(int bytes)
    {
        _used += bytes;
        return _used >= Size / 2 ? GiveBack() : 0;
    }

    /// <summary>Makes the window larger.</summary>
    /// <returns>The increment that is to be sent now, with all that was used; 0 where the window has that size.</returns>
    public int GrowTo(int size)
    {
        if (size <= Size)
        {
            return 0;
        }

        _used += size - Size;
        Size = size;
        return GiveBack();
    }

    private int GiveBack()
    {
        int increment = _used;
        _used = 0;
        _available += increment;
        return increment;
    }
}
