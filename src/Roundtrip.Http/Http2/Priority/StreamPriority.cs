namespace Roundtrip.Http.Http2.Priority;

/// <summary>A response's priority (RFC 9218 section 4).</summary>
/// <param name="Urgency">0, the most urgent, to 7, for what may wait for everything else.</param>
/// <param name="IsIncremental">Whether a part of it is of use, so that it may share the connection with others of its urgency.</param>
public readonly record struct StreamPriority(int Urgency, bool IsIncremental)
{
    /// <summary>The number of urgencies.</summary>
    public const int Levels = 8;

    /// <summary>What holds where nothing is said.</summary>
    public static readonly StreamPriority Default = new(3, IsIncremental: false);
}
