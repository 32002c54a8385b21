namespace Roundtrip.Live.Log;

/// <summary>How much of the past a log keeps: whatever limit is reached first.</summary>
/// <param name="Count">Messages; 0 keeps none.</param>
/// <param name="Age">Milliseconds; <see cref="long.MaxValue"/> for no limit.</param>
/// <param name="Bytes">Bytes of memory, about.</param>
public readonly record struct HistoryLimit(int Count, long Age, long Bytes)
{
    /// <summary>A thousand messages of an hour, within 16 MiB.</summary>
    public static readonly HistoryLimit Default = new(1000, 60 * 60 * 1000, 16 * 1024 * 1024);
}
