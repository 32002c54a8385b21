namespace Roundtrip.Program;

/// <summary>What every verb's exit code means.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The thing asked about is not so: a check failed, a port is taken, a host cannot be reached.</summary>
    public const int NotSo = 1;

    public const int Usage = 2;

    /// <summary>A right or a package is missing; the message says how it is had.</summary>
    public const int Missing = 3;
}
