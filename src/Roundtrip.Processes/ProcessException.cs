namespace Roundtrip.Processes;

/// <summary>What a process needs to begin cannot be had: a descriptor, a right. The message says which call failed and why.</summary>
#pragma warning disable CA1032 // It is made in one way only: with what the user is told.
public sealed class ProcessException(string message) : Exception(message)
#pragma warning restore CA1032
{
    internal ProcessException(SystemError error)
        : this(error.Text)
    {
    }
}
