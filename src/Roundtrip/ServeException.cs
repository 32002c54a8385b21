namespace Roundtrip.Program;

/// <summary>Serving cannot begin.</summary>
#pragma warning disable CA1032 // It is made in one way only: with what the user is told and the code with which the program ends.
internal sealed class ServeException(string message, int exitCode) : Exception(message)
#pragma warning restore CA1032
{
    public int ExitCode => exitCode;
}
