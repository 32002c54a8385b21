namespace Roundtrip.Processes.Spawning;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 0 where a signal ended it.</param>
/// <param name="Signal">The signal's number, or 0.</param>
/// <param name="HasCore">Whether it left a core file.</param>
public readonly record struct ExitStatus(int Code, int Signal, bool HasCore)
{
    public bool IsSuccess => Code == 0 && Signal == 0;

    public override string ToString() => Signal == 0
        ? $"exit code {Code}"
        : $"signal {Signal} ({SignalNumber.NameOf(Signal)}){(HasCore ? ", core dumped" : "")}";
}
