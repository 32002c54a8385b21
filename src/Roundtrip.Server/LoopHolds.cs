namespace Roundtrip.Server;

/// <summary>Work that a loop must see to its end, though the exchange that it was for is over: a loop that is to stop goes on until there is none. Whoever holds one bounds it in time.</summary>
internal sealed class LoopHolds
{
    /// <summary>Told when the last one is gone.</summary>
    public Action? Released { get; set; }

    public int Count { get; private set; }

    public void Add() => Count++;

    public void Release()
    {
        if (--Count == 0)
        {
            Released?.Invoke();
        }
    }
}
