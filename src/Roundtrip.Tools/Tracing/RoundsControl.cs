namespace Roundtrip.Tools.Tracing;

/// <summary>What somebody who looks on wants of a trace that goes on. Any thread may say it.</summary>
public sealed class RoundsControl
{
    private int _resets;

    /// <summary>Whether nothing is to be sent for now.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Has it begin to count again.</summary>
    public void Reset() => Volatile.Write(ref _resets, 1);

    internal bool TakeReset() => Interlocked.Exchange(ref _resets, 0) != 0;
}
