namespace Roundtrip.Trace;

/// <summary>Round trips summed up, one after the other (Welford's method for the deviation). Spans are nanoseconds.</summary>
public struct Statistics
{
    private double _mean;
    private double _squares;
    private double _differences;

    public int Sent { get; private set; }

    public int Received { get; private set; }

    public long Last { get; private set; }

    public long Best { get; private set; }

    public long Worst { get; private set; }

    public readonly int Lost => Sent - Received;

    /// <summary>The part that was not answered, 0 to 1.</summary>
    public readonly double LossRate => Sent == 0 ? 0 : (double)Lost / Sent;

    public readonly double Average => _mean;

    /// <summary>The standard deviation of all that were seen.</summary>
    public readonly double Deviation => Received == 0 ? 0 : Math.Sqrt(_squares / Received);

    /// <summary>The mean difference of a round trip from the one before.</summary>
    public readonly double Jitter => Received < 2 ? 0 : _differences / (Received - 1);

    public void NoteLost(int probes = 1) => Sent += probes;

    public void Note(long roundTrip)
    {
        Sent++;
        Received++;
        _differences += Received > 1 ? Math.Abs(roundTrip - Last) : 0;
        Best = Received == 1 ? roundTrip : Math.Min(Best, roundTrip);
        Worst = Math.Max(Worst, roundTrip);
        Last = roundTrip;
        double before = roundTrip - _mean;
        _mean += before / Received;
        _squares += before * (roundTrip - _mean);
    }
}
