using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Supervision;

/// <summary>What came of a server's wish for a program. The descriptors are the server's ends, to be sent and closed here.</summary>
/// <param name="Fault">Null where the program runs.</param>
/// <param name="IsRefused">Whether the wish was wrong, and not the program: a sound server has none such.</param>
internal sealed record StartResult(string? Fault, bool IsRefused) : IDisposable
{
    public int Pid { get; init; }

    public OwnedDescriptor? Socket { get; init; }

    public OwnedDescriptor? Output { get; init; }

    public static StartResult Refused(string fault) => new(fault, IsRefused: true);

    public static StartResult Failed(string fault) => new(fault, IsRefused: false);

    public void Dispose()
    {
        Socket?.Dispose();
        Output?.Dispose();
    }
}
