namespace Roundtrip.Tools.Tracing;

/// <summary>No probe can be sent. The message says why in one line.</summary>
public sealed class TraceException : Exception
{
    public TraceException()
    {
    }

    public TraceException(string message)
        : base(message)
    {
    }

    public TraceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether it is a right that is missing; the message says how it is had.</summary>
    public bool IsRightMissing { get; init; }
}
