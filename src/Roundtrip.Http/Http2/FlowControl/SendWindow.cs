namespace Roundtrip.Http.Http2;

/// <summary>
/// How many bytes of DATA the peer lets us send, on a stream or on the connection (RFC 9113 section 6.9). It may be below 0: a smaller initial
/// window also takes from what was sent already (section 6.9.2).
/// </summary>
public struct SendWindow(int size)
{
    public const int Initial = 65_535;

    /// <summary>RFC 9113 section 6.9.1.</summary>
    public const int Maximum = int.MaxValue;

    /// <summary>What may be sent now; 0 or less is nothing.</summary>
    public int Available { get; private set; } = size;

    public void Take(int bytes) => Available -= bytes;

    /// <summary>Adds an increment, which may be less than 0 where the initial size changes.</summary>
    /// <returns>False where the window would be larger than 2^31 - 1: FLOW_CONTROL_ERROR.</returns>
    public bool TryAdd(long increment)
    {
        long sum = Available + increment;
        if (sum > Maximum)
        {
            return false;
        }

        Available = (int)sum;
        return true;
    }
}
