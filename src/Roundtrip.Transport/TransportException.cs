namespace Roundtrip.Transport;

/// <summary>Something that must be there to begin is not: an address, a library, a right. The message says what, where and what to do.</summary>
public sealed class TransportException : Exception
{
    public TransportException()
    {
    }

    public TransportException(string message)
        : base(message)
    {
    }

    public TransportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether it is a right that is missing; the message says how it is had.</summary>
    public bool IsRightMissing { get; init; }
}
