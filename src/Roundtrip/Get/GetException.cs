namespace Roundtrip.Program;

/// <summary>A fetch that cannot be begun; the message says why.</summary>
internal sealed class GetException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
