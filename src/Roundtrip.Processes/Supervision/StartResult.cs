using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Supervision;

/// <summary>What came of a server's wish for a program.</summary>
internal sealed class StartResult : IDisposable
{
    private StartResult(string? fault, bool isRefused, int pid, IReadOnlyList<OwnedDescriptor> ours) => (Fault, IsRefused, Pid, Ours) = (fault, isRefused, pid, ours);

    /// <summary>Null where the program runs.</summary>
    public string? Fault { get; }

    /// <summary>Whether the wish was wrong, and not the program: a sound server has none such.</summary>
    public bool IsRefused { get; }

    public int Pid { get; }

    /// <summary>The server's ends of its socket and its pipe, to be sent and closed here.</summary>
    public IReadOnlyList<OwnedDescriptor> Ours { get; }

    public static StartResult Started(int pid, IReadOnlyList<OwnedDescriptor> ours) => new(null, false, pid, ours);

    public static StartResult Refused(string fault) => new(fault, true, 0, []);

    public static StartResult Failed(string fault) => new(fault, false, 0, []);

    public void Dispose()
    {
        foreach (OwnedDescriptor descriptor in Ours)
        {
            descriptor.Dispose();
        }
    }
}
